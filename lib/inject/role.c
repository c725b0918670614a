/* SPDX-License-Identifier: Apache-2.0 */
#include "role.h"

#include <errno.h>
#include <string.h>

/* ---- what must be allowed ---- */

static const char *
secret_action(const char *arn)
{
	return strstr(arn, ":ssm:") != NULL ? "ssm:GetParameters"
					    : "secretsmanager:GetSecretValue";
}

/* "IAM identifiers": the partition that a region belongs to. */
static const char *
partition_of(struct str region)
{
	if (str_starts(region, "cn-"))
		return "aws-cn";
	return str_starts(region, "us-gov-") ? "aws-us-gov" : "aws";
}

/* A repository of ECR: where it is, and its name without tag and digest. */
struct ecr {
	struct str account, region, repository;
};

static bool
is_account(struct str s)
{
	enum { ACCOUNT_DIGITS = 12 };

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n == ACCOUNT_DIGITS;
}

/*
 * "Private registry authentication in Amazon ECR": the host is
 * ACCOUNT.dkr.ecr.REGION.amazonaws.com, or dkr.ecr-fips, or ends in .com.cn.
 */
static bool
is_ecr(const char *image, struct ecr *ret)
{
	struct str host, rest, dkr, service, tag;

	if (!str_cut(str_of(image), '/', &host, &rest) ||
	    !str_cut(host, '.', &ret->account, &host) ||
	    !str_cut(host, '.', &dkr, &host) ||
	    !str_cut(host, '.', &service, &host) ||
	    !str_cut(host, '.', &ret->region, &host))
		return false;
	(void)str_cut(rest, '@', &rest, &tag);
	(void)str_cut(rest, ':', &ret->repository, &tag);
	return is_account(ret->account) && str_eqz(dkr, "dkr") &&
	       (str_eqz(service, "ecr") || str_eqz(service, "ecr-fips")) &&
	       str_starts(host, "amazonaws.com");
}

/*
 * "Specifying sensitive data using Secrets Manager": in a task definition
 * ":KEY:STAGE:VERSION" may follow the ARN, which is no part of the resource.
 */
static size_t
length_of_arn(const char *arn)
{
	enum { ARN_COLONS = 6 };
	size_t n = 0, colons = 0;

	for (; arn[n] != '\0'; n++)
		if (arn[n] == ':' && colons++ == ARN_COLONS)
			break;
	return n;
}

static int
tell_secret(const struct grow *g, const char *secret, struct report *report)
{
	const char *const actions[] = {secret_action(secret), NULL};
	const char *arn = arena_printf(
	    edit_arena(g->ed), "%.*s", (int)length_of_arn(secret), secret);

	if (arn == NULL)
		return err_nomem(g->e);
	report_statement(report, g->f, g->td, actions, arn,
	    "the sidecar's enrolment secret is given to it at start");
	return 0;
}

static int
tell_logs(const struct grow *g, const struct inject_config *cfg,
    struct report *report)
{
	static const char *const actions[] = {
	    "logs:CreateLogStream", "logs:PutLogEvents", NULL};
	const char *region = cfg->log_region == NULL ? "*" : cfg->log_region;
	const char *arn =
	    arena_printf(edit_arena(g->ed), "arn:%s:logs:%s:*:log-group:%s:*",
		partition_of(str_of(region)), region, cfg->log_group);

	if (arn == NULL)
		return err_nomem(g->e);
	report_statement(report, g->f, g->td, actions, arn,
	    "the sidecar logs to this group");
	return 0;
}

static int
tell_ecr(const struct grow *g, const struct ecr *ecr, struct report *report)
{
	static const char *const login[] = {"ecr:GetAuthorizationToken", NULL};
	static const char *const pull[] = {"ecr:BatchCheckLayerAvailability",
	    "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", NULL};
	const char *arn = arena_printf(edit_arena(g->ed),
	    "arn:%s:ecr:%.*s:%.*s:repository/%.*s", partition_of(ecr->region),
	    STR_ARG(ecr->region), STR_ARG(ecr->account),
	    STR_ARG(ecr->repository));

	if (arn == NULL)
		return err_nomem(g->e);
	report_statement(report, g->f, g->td, login, "*",
	    "the image of the sidecar is pulled from ECR");
	report_statement(report, g->f, g->td, pull, arn,
	    "the image of the sidecar is pulled from ECR");
	return 0;
}

/* ---- the role ---- */

static const struct doc_node *
role_of(const struct grow *g)
{
	const struct doc_node *role =
	    taskdef_get(g->td->form, g->td->node, "executionRoleArn");

	return doc_is_text(role) && role->text.n == 0 ? NULL : role;
}

/* A null or an empty text makes way for it. */
static int
write_role(const struct grow *g, const char *arn)
{
	char key[TASKDEF_KEY_MAX];
	struct val *v = val_textz(edit_arena(g->ed), arn);
	const struct doc_node *there = doc_get(
	    g->td->node, taskdef_key(g->td->form, "executionRoleArn", key));

	g->rec->new_execution_role = true;
	if (there == NULL) {
		edit_append(g->ed, g->td->node, key, v);
		return 0;
	}
	if (doc_is_shared(there))
		return doc_err(g->e, ERR_NO, ENOTSUP, g->f->doc, there,
		    "an anchor or alias stands for this in several places; "
		    "write it out");
	g->rec->old_execution_role =
	    arena_str(g->rec->arena, doc_raw(g->f->doc, there));
	if (g->rec->old_execution_role.p == NULL)
		return err_nomem(g->e);
	edit_replace(g->ed, there, v);
	return 0;
}

/* What for; NULL: there is no need. */
static const char *
need(const struct grow *g, const struct inject_config *cfg, bool ecr)
{
	if (cfg->enrol_secret != NULL)
		return "--enrol-secret needs";
	if (!taskdef_is_fargate(g->f, g->td))
		return NULL;
	if (cfg->log_group != NULL)
		return "--log-group needs on Fargate";
	return ecr ? "an image of ECR needs on Fargate" : NULL;
}

int
role_give(const struct grow *g, const struct inject_config *cfg,
    struct report *report)
{
	struct ecr ecr = {0};
	bool pulls = is_ecr(cfg->sidecar_image, &ecr);
	const char *what = NULL;
	int r = 0;

	if (cfg->enrol_secret != NULL)
		r = tell_secret(g, cfg->enrol_secret, report);
	if (r == 0 && cfg->log_group != NULL)
		r = tell_logs(g, cfg, report);
	if (r == 0 && pulls)
		r = tell_ecr(g, &ecr, report);
	if (r != 0)
		return r;
	if (g->td->form == TASKDEF_ARRAY) {
		if (cfg->enrol_secret != NULL || cfg->execution_role != NULL)
			report_finding(report, g->f, g->td->node,
			    "taskdef.role-unknown", "note",
			    "an array of containers names no executionRoleArn",
			    "name one where the task definition is made");
		return 0;
	}
	if (role_of(g) != NULL)
		return 0;
	if (cfg->execution_role != NULL)
		return write_role(g, cfg->execution_role);
	what = need(g, cfg, pulls);
	if (what == NULL)
		return 0;
	return doc_err(g->e, ERR_NO, EINVAL, g->f->doc, g->td->node,
	    "no executionRoleArn, which %s; give --execution-role ARN", what);
}
