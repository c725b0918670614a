/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apart: the processes that are not the command keep away from what is the
 * command's: its streams, its terminal, its signals.
 */
#ifndef FG_WRAP_APART_H
#define FG_WRAP_APART_H

/*
 * Standard input and output are /dev/null, so that who reads the command's
 * output sees its end. Standard error stays, for complaints.
 */
void apart_let_go(void);

/*
 * That, a session of its own, and no ear for signals: what is meant for the
 * command's processes is not meant for this, and no signal that they may send
 * ends or stops it. It cannot be traced by its equals, and a write beyond a
 * limit on the size of files fails (EFBIG).
 */
void apart_be(void);

#endif
