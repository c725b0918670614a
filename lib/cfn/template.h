/* SPDX-License-Identifier: Apache-2.0 */
/* template: the task definitions that a CloudFormation template declares. */
#ifndef FG_CFN_TEMPLATE_H
#define FG_CFN_TEMPLATE_H

#include "cfn.h"

/* Twice what CloudFormation itself takes as resources of all types. */
enum { CFN_TASKS_MAX = 1000 };

/* A resource of type AWS::ECS::TaskDefinition. */
struct cfn_task {
	struct str logical_id;
	const struct doc_node *resource;   /* aliases followed */
	const struct doc_node *properties; /* followed; NULL: absent, null */
	const struct doc_node *metadata;   /* the same */
	const struct doc_node *condition;  /* the resource's Condition */
	bool fargate; /* a service or task set here runs it on Fargate */
};

struct cfn_template {
	struct cfn_task *tasks; /* in the document's order */
	size_t n;
	const struct doc_node *resources;
	bool sam;                 /* Transform: AWS::Serverless-2016-10-31 */
	bool language_extensions; /* Transform: AWS::LanguageExtensions */
	bool other_macros;        /* Transform: any other */

	/*
	 * The first Fn::ForEach or Fn::Transform directly below Resources, or
	 * NULL: task definitions that it makes are not seen here.
	 */
	const struct doc_node *loop;
};

/* Has the document AWSTemplateFormatVersion, or a map Resources? */
bool cfn_is_template(const struct doc_node *root);

/*
 * Find the task definitions of the template d; tasks is made in a. The scope
 * evaluates LaunchType and the like of services; it may be NULL, and only
 * literals count then. ERR_PERM, EINVAL with the place: no Resources, or a
 * section, resource or property list that is no map, more than
 * CFN_TASKS_MAX task definitions.
 */
int cfn_template_read(const struct doc *d, const struct cfn_scope *s,
    struct arena *a, struct cfn_template *ret, struct err *e);

#endif
