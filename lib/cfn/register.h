/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register: expressions evaluated as a whole, into plain JSON and into the
 * form that ECS's RegisterTaskDefinition takes. Not for tools that change
 * documents: it is how tests see a template with the eyes of ECS.
 */
#ifndef FG_CFN_REGISTER_H
#define FG_CFN_REGISTER_H

#include "cfn.h"
#include "jwrite/jwrite.h"
#include "template.h"

/*
 * Write n with all functions below it evaluated. Members and items that come
 * to AWS::NoValue or null are left out; a text that is not known becomes
 * "unknown", and of an undecided Fn::If the first branch with a value stands
 * for both. Plain numbers and booleans stay such. ERR_PERM, EINVAL with the
 * place for what is malformed, E2BIG for aliases that stand for too much;
 * half of a text may then be written.
 */
int cfn_to_json(const struct cfn_scope *s, const struct doc_node *n,
    struct jwrite *w, struct err *e);

/*
 * Write the task definition as the input of RegisterTaskDefinition (Amazon
 * ECS API Reference; AWS::ECS::TaskDefinition in the CloudFormation Template
 * Reference): names in camelCase, but not the user's own in dockerLabels,
 * options, driverOpts, labels; numbers, booleans and texts as that API types
 * them. Where something unknown should be typed, 0, false or an empty object
 * stands for it. family, when absent, is the logical ID.
 */
int cfn_to_register(const struct cfn_scope *s, const struct cfn_task *task,
    struct jwrite *w, struct err *e);

#endif
