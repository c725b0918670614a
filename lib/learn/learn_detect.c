/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the detections would tell. Each is asked alone, by the function that
 * will decide when the policy is used, so that none hides another.
 */
#include <errno.h>
#include <stdio.h>

#include "learn_state.h"

/* Those that a learnt policy has, other than its lists. */
static bool
is_asked(enum policy_detection which)
{
	const struct policy_detection_row *row = &policy_detections[which];

	return row->events != 0 && row->source != POLICY_BY_LIST &&
	       row->source != POLICY_ASKED && which != POLICY_ANY_PROCESS &&
	       which != POLICY_DEFENDER_ATTACK;
}

static int
make_detector(struct learn *l, enum policy_detection which, struct err *e)
{
	struct learn_detector *d = &l->detectors[l->n_detectors];
	const struct collections_who who = {.image = STR_NONE};
	char text[256];

	(void)snprintf(text, sizeof text,
	    "{\"rules\":[{\"name\":\"\",\"detections\":{\"%s\":\"alert\"}}]}",
	    policy_detections[which].id);
	d->which = which;
	d->state = arena_alloc(l->arena, RUNTIME_STATE_SIZE);
	if (d->state == NULL)
		return err_nomem(e);
	l->n_detectors++;
	return policy_read(l->arena, str_of(text), policy_detections[which].id,
	    &who, &d->policy, NULL, e);
}

int
learn_detect_init(struct learn *l, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; i < POLICY_DETECTIONS && r == 0; i++)
		if (is_asked((enum policy_detection)i))
			r = make_detector(l, (enum policy_detection)i, e);
	return r;
}

void
learn_detect_except(
    struct learn *l, enum policy_detection which, struct str program)
{
	for (size_t i = 0; i < l->n_excepts; i++)
		if (l->excepts[i].which == which &&
		    str_eq(l->excepts[i].program, program))
			return;
	if (l->n_excepts == LEARN_EXCEPTS_MAX || !learn_keep(l, &program)) {
		l->unlearnt++;
		return;
	}
	l->excepts[l->n_excepts++] =
	    (struct learn_except){.which = which, .program = program};
	l->changed = true;
}

void
learn_detect_add(struct learn *l, const struct event *ev)
{
	char text[RUNTIME_MSG_MAX];

	for (size_t i = 0; i < l->n_detectors; i++) {
		const struct learn_detector *d = &l->detectors[i];
		struct event copy = *ev;
		struct learn_room room;
		struct str program;

		runtime_decide(d->policy, d->state, &copy, text);
		/* Some tell whatever the policy says. */
		if (copy.action == EVENT_ALLOWED ||
		    !str_eqz(copy.rule_id, policy_detections[d->which].id))
			continue;
		program = learn_program_name(l, &ev->by, true, &room);
		if (program.n > 0)
			learn_detect_except(l, d->which, program);
		else
			l->unlearnt++; /* there is none to except */
	}
}
