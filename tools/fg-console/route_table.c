/* SPDX-License-Identifier: Apache-2.0 */
#include "api_health.h"
#include "api_keys.h"
#include "audits.h"
#include "documents.h"
#include "route.h"
#include "wire.h"
#include "wire_policy.h"

#define GET .method = HTTP1_METHOD_GET
#define PUT .method = HTTP1_METHOD_PUT
#define POST .method = HTTP1_METHOD_POST
#define DELETE .method = HTTP1_METHOD_DELETE
#define V1 "/api/v1"

enum { SMALL = 64 * 1024 };

const struct route route_table[] = {
    {GET, "/healthz", ROUTE_OPEN, .serve = api_health_ask},
    {GET, "/metrics", ROUTE_LOOPBACK, SCOPE_METRICS_READ,
	.serve = api_health_metrics},

    {POST, V1 "/sidecar/enrol", ROUTE_SECRET, .body_max = SMALL,
	.serve = wire_enrol},
    {POST, V1 "/sidecar/renew", ROUTE_SIDECAR, .body_max = SMALL,
	.serve = wire_renew},
    {POST, V1 "/sidecar/status", ROUTE_SIDECAR, .body_max = 2 * SMALL,
	.serve = wire_status},
    {GET, V1 "/sidecar/policy", ROUTE_SIDECAR, .query = "wait",
	.serve = wire_policy_get},
    {POST, V1 "/sidecar/audits", ROUTE_SIDECAR,
	.body_max = AUDITS_PACKED_MAX, .serve = wire_audits},

    {GET, V1 "/tokens", ROUTE_TOKEN, SCOPE_ADMIN, .query = "after",
	.serve = api_keys_tokens},
    {POST, V1 "/tokens", ROUTE_TOKEN, SCOPE_ADMIN, .body_max = SMALL,
	.serve = api_keys_token_add},
    {DELETE, V1 "/tokens/{}", ROUTE_TOKEN, SCOPE_ADMIN,
	.serve = api_keys_token_revoke},
    {GET, V1 "/enrol-secrets", ROUTE_TOKEN, SCOPE_ENROL_WRITE,
	.query = "after", .serve = api_keys_secrets},
    {POST, V1 "/enrol-secrets", ROUTE_TOKEN, SCOPE_ENROL_WRITE,
	.body_max = SMALL, .serve = api_keys_secret_add},
    {DELETE, V1 "/enrol-secrets/{}", ROUTE_TOKEN, SCOPE_ENROL_WRITE,
	.serve = api_keys_secret_revoke},
    {0},
};
