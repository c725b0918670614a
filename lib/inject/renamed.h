/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renamed: containers that got another name, or were copied, since the record
 * was written.
 */
#ifndef FG_INJECT_RENAMED_H
#define FG_INJECT_RENAMED_H

#include "record.h"

/*
 * Give entries of rec to the containers of td that have none, where something
 * of ours in them tells: FG_CONTAINER holds the old name, or that of the
 * container that they are a copy of; or it is the only one left that has an
 * FG_APP_ID, and there is one entry left that was stamped.
 */
int renamed_adopt(const struct taskdef *td, struct record *rec, struct err *e);

#endif
