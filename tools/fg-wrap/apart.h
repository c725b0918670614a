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
 * That, a session of its own, and no ear for signals: for a process that the
 * command's signals are not meant for. It cannot be traced by its equals.
 */
void apart_be(void);

#endif
