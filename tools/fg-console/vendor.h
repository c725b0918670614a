/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vendor: an event in the form of the vendor's audits, as
 * share/convert/prisma.jq has it, and rows of CSV of that.
 */
#ifndef FG_CONSOLE_VENDOR_H
#define FG_CONSOLE_VENDOR_H

#include "base/buf.h"
#include "jtree/jtree.h"
#include "jwrite/jwrite.h"

/* Members that are not known are left out. */
void vendor_audit(const struct jtree *event, struct jwrite *w);

/*
 * The ids of detections that have the vendor's attackType, at most max, or
 * the word itself: how many.
 */
size_t vendor_detections(struct str attack_type, struct str *ids, size_t max);

/*
 * A line of CSV (RFC 4180, CR LF) of an audit, its header for NULL. What a
 * spreadsheet would take for a formula gets a "'" in front; control characters
 * are written as \xNN.
 */
void vendor_csv(const struct jtree *audit, bool waas, struct buf *out);

#endif
