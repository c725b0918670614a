/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn_lists: what was learnt, list by list, as a policy has it. Inside learn
 * only.
 */
#ifndef FG_LEARN_LEARN_LISTS_H
#define FG_LEARN_LEARN_LISTS_H

#include "learn_state.h"

struct learn_writing {
	struct learn *l;
	const struct learn_about *about;
	struct arena *scratch;
	struct jwrite *w;
	uint64_t unlearnt;
	int error;
};

/*
 * Each writes the list that takes the place of t, the array that was given.
 * x->error is -ENOMEM when that was not possible.
 */
void learn_lists_programs(struct learn_writing *x, const struct jtree *t);
void learn_lists_program_rules(struct learn_writing *x, const struct jtree *t);
void learn_lists_nets(struct learn_writing *x, const struct jtree *t);
void learn_lists_outbound(struct learn_writing *x, const struct jtree *t);
void learn_lists_listening(struct learn_writing *x, const struct jtree *t);
void learn_lists_domains(struct learn_writing *x, const struct jtree *t);
void learn_lists_files(struct learn_writing *x, const struct jtree *t);
void learn_lists_file_rules(struct learn_writing *x, const struct jtree *t);

/* The same of the object "detections"; t is NULL where there was none. */
void learn_lists_detections(struct learn_writing *x, const struct jtree *t);

#endif
