/* SPDX-License-Identifier: Apache-2.0 */
/* known: the manifest of the image's programs, and what is run held to it. */
#ifndef FG_WRAP_KNOWN_H
#define FG_WRAP_KNOWN_H

#include "base/err.h"
#include "event/event.h"
#include "manifest/manifest.h"

/*
 * The manifest in the file path, for good; NULL when path is, and when it
 * cannot be had, with e set.
 */
const struct manifest *known_open(const char *path, struct err *e);

/* EXE_ALTERED for a program that is not as the manifest has it. */
void known_mark(const struct manifest *m, struct event_process *by);

#endif
