/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custom: the vendor's language of custom runtime rules
 * (proc.name = "x" and net.outgoing_port in (1, 2)), with extensions,
 * compiled to a tree that is asked without taking memory; fg-policy(5).
 *
 *	expression = all *("or" all)
 *	all        = not *("and" not)
 *	not        = ["not"] ("(" expression ")" / term)
 *	term       = flag / field op value / field ["not"] "in" list
 *	op         = "=" / "!=" / "<" / "<=" / ">" / ">=" / "startswith" /
 *	             "endswith" / "contains" / "matches"
 *	list       = "(" value *("," value) ")"
 *
 * "not" binds closest, then "and", then "or". A list may also follow the ops
 * that are words: one of it must fit. Values are "strings" (\" and \\ are
 * escapes, any other backslash stands for itself), numbers, true, false;
 * addresses, prefixes and the words of fg-event(5) need no quotes. On the
 * right of = and != a field of the same type may stand.
 *
 * A field that an event does not have is unknown, and so is what is asked of
 * it: "not" unknown is unknown, "or" with something true is true, "and" with
 * something false is false. A rule is true when it is true, not unknown. Of
 * a field with several values (proc.args, proc.ancestors, proc.facts,
 * proc.name, file.path, file.dir) one must fit; for != none may be equal.
 *
 * The vendor's fields
 *   proc.name         base name of the program; of its script too; with
 *                     busybox and toybox, of argv[0] too
 *   proc.pname        base name of the parent's program
 *   proc.path         of the program, in the container
 *   proc.user         effective user: an id, "root" or "nobody"; other names
 *                     are an error, as only /etc/passwd of the container
 *                     knows them
 *   proc.interactive  flag: standard input is a terminal
 *   proc.cmdline      argv with blanks between the words, 4 KiB
 *   proc.service      never known: there are no units in a container
 *   file.path         both paths of rename, link and symlink
 *   file.dir          what is before the last '/' of it
 *   file.type         folder; regular; secret (a key, by its name); elf is
 *                     never known, since events come before the content
 *   file.md5          never known, for the same reason
 *   net.outgoing_port, net.outgoing_ip  of connect, send and dns
 *   net.private_subnet  flag: ip_is_private() or loopback
 * and ours
 *   proc.uid, proc.euid, proc.gid, proc.cwd, proc.args, proc.script,
 *   proc.sha256, proc.ancestors (a value without '/' is compared with their
 *   base names), proc.facts, event.name, file.op, file.mode (in octal; it
 *   `contains` a mode when all of its bits are set), net.listening_port (of
 *   bind and listen), net.incoming_ip (of accept), net.domain, net.protocol.
 */
#ifndef FG_CUSTOM_CUSTOM_H
#define FG_CUSTOM_CUSTOM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "event/event.h"

struct custom; /* compiled; immutable, in its arena */

enum {
	CUSTOM_TEXT_MAX = 16384, /* bytes of a script */
	CUSTOM_TERMS_MAX = 512,
	CUSTOM_DEPTH_MAX = 64, /* of parentheses and "not" */
};

/*
 * -EINVAL (ERR_PERM): "line:column: why", columns in bytes. -E2BIG past a
 * bound; -ENOMEM. The script is not needed afterwards.
 */
int custom_compile(struct arena *a, struct str script,
    const struct custom **ret, struct err *e);

/*
 * The events that it can be true for, as far as its fields tell. For one with
 * fields of the process alone these are all that are judged: the type of
 * the rule says which of them are meant.
 */
event_set custom_events(const struct custom *c);

/* Does it need the sha256 of programs? */
bool custom_wants_hash(const struct custom *c);

/* Pure, without memory; time linear in the size of the event. */
bool custom_match(const struct custom *c, const struct event *ev);

#endif
