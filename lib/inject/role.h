/* SPDX-License-Identifier: Apache-2.0 */
/* role: the execution role of a task, and what it must be allowed. */
#ifndef FG_INJECT_ROLE_H
#define FG_INJECT_ROLE_H

#include "grow.h"
#include "inject.h"

/*
 * Report what the execution role of g->td must be allowed for the sidecar: to
 * read the enrolment secret, to write to --log-group, to pull from ECR. Where
 * the definition has no executionRoleArn, write that of cfg.
 *
 * -EINVAL, ERR_NO: there is none, though the secret, or on Fargate any of
 * them, needs one (Amazon ECS Developer Guide, "Amazon ECS task execution IAM
 * role").
 */
int role_give(const struct grow *g, const struct inject_config *cfg,
    struct report *report);

#endif
