/* SPDX-License-Identifier: Apache-2.0 */
#include "api_audits.h"
#include "api_documents.h"
#include "api_embed.h"
#include "api_events.h"
#include "api_health.h"
#include "api_keys.h"
#include "api_profiles.h"
#include "api_scans.h"
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

#define RUNTIME V1 "/policies/runtime/app-embedded"
#define WAAS V1 "/policies/firewall/app/app-embedded"
#define COLLECTIONS V1 "/collections"

enum {
	SMALL = 64 * 1024,
	LARGE = 1024 * 1024 + 4096,
	DOCUMENT_MAX = 4 * 1024 * 1024
};

/* What there is for all documents alike. */
#define DOCUMENT(path, which)                                                  \
	{GET, path, ROUTE_TOKEN, SCOPE_POLICY_READ,                            \
	    .serve = api_documents_get, .kind = which},                        \
	    {PUT, path, ROUTE_TOKEN, SCOPE_POLICY_WRITE, .body_max = LARGE,    \
		.query = "note", .serve = api_documents_put, .kind = which},   \
	    {GET, path "/versions", ROUTE_TOKEN, SCOPE_POLICY_READ,            \
		.query = "before|limit", .serve = api_documents_versions,      \
		.kind = which},                                                \
	    {GET, path "/versions/{}", ROUTE_TOKEN, SCOPE_POLICY_READ,         \
		.serve = api_documents_version, .kind = which},                \
	    {GET, path "/diff", ROUTE_TOKEN, SCOPE_POLICY_READ,                \
		.query = "from|to", .serve = api_documents_diff,               \
		.kind = which},                                                \
	{                                                                      \
		POST, path "/rollback", ROUTE_TOKEN, SCOPE_POLICY_WRITE,       \
		    .body_max = SMALL, .serve = api_documents_rollback,        \
		    .kind = which                                              \
	}

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
    {POST, V1 "/sidecar/audits", ROUTE_SIDECAR, .body_max = AUDITS_PACKED_MAX,
	.serve = wire_audits},

    {GET, V1 "/audits/events", ROUTE_TOKEN, SCOPE_AUDIT_READ,
	.query = API_EVENTS_QUERY, .many = API_EVENTS_MANY,
	.serve = api_events_get},
    {GET, V1 "/audits/runtime/app-embedded", ROUTE_TOKEN, SCOPE_AUDIT_READ,
	.query = API_AUDITS_QUERY, .many = API_AUDITS_MANY,
	.serve = api_audits_list, .kind = STORE_RUNTIME},
    {GET, V1 "/audits/runtime/app-embedded/download", ROUTE_TOKEN,
	SCOPE_AUDIT_READ, .query = API_AUDITS_QUERY, .many = API_AUDITS_MANY,
	.serve = api_audits_download, .kind = STORE_RUNTIME},
    {GET, V1 "/audits/firewall/app/app-embedded", ROUTE_TOKEN, SCOPE_AUDIT_READ,
	.query = API_AUDITS_QUERY, .many = API_AUDITS_MANY,
	.serve = api_audits_list, .kind = STORE_WAAS},
    {GET, V1 "/audits/firewall/app/app-embedded/download", ROUTE_TOKEN,
	SCOPE_AUDIT_READ, .query = API_AUDITS_QUERY, .many = API_AUDITS_MANY,
	.serve = api_audits_download, .kind = STORE_WAAS},
    {GET, V1 "/profiles/app-embedded", ROUTE_TOKEN, SCOPE_AUDIT_READ,
	.query = API_PROFILES_QUERY, .serve = api_profiles_list},

    {GET, V1 "/tokens", ROUTE_TOKEN, SCOPE_ADMIN, .query = "after",
	.serve = api_keys_tokens},
    {POST, V1 "/tokens", ROUTE_TOKEN, SCOPE_ADMIN, .body_max = SMALL,
	.serve = api_keys_token_add},
    {DELETE, V1 "/tokens/{}", ROUTE_TOKEN, SCOPE_ADMIN,
	.serve = api_keys_token_revoke},
    {GET, V1 "/enrol-secrets", ROUTE_TOKEN, SCOPE_ENROL_WRITE, .query = "after",
	.serve = api_keys_secrets},
    {POST, V1 "/enrol-secrets", ROUTE_TOKEN, SCOPE_ENROL_WRITE,
	.body_max = SMALL, .serve = api_keys_secret_add},
    {DELETE, V1 "/enrol-secrets/{}", ROUTE_TOKEN, SCOPE_ENROL_WRITE,
	.serve = api_keys_secret_revoke},

    {POST, V1 "/defenders/fargate.json", ROUTE_TOKEN, SCOPE_EMBED_RUN,
	.body_max = DOCUMENT_MAX, .query = API_EMBED_QUERY,
	.serve = api_embed_run, .kind = API_EMBED_JSON},
    {POST, V1 "/defenders/fargate.yaml", ROUTE_TOKEN, SCOPE_EMBED_RUN,
	.body_max = DOCUMENT_MAX, .query = API_EMBED_QUERY,
	.serve = api_embed_run, .kind = API_EMBED_YAML},
    {GET, V1 "/scans", ROUTE_TOKEN, SCOPE_SCAN_READ, .query = "after|limit",
	.serve = api_scans_list},
    {POST, V1 "/scans", ROUTE_TOKEN, SCOPE_SCAN_WRITE, .body_max = SMALL,
	.serve = api_scans_add},
    {GET, V1 "/scans/entrypoint", ROUTE_TOKEN, SCOPE_SCAN_READ,
	.query = "image", .serve = api_scans_entrypoint},

    DOCUMENT(RUNTIME, DOCUMENTS_RUNTIME),
    {POST, RUNTIME, ROUTE_TOKEN, SCOPE_POLICY_WRITE, .body_max = LARGE,
	.query = "note", .serve = api_documents_add_rule,
	.kind = DOCUMENTS_RUNTIME},
    {POST, RUNTIME "/match", ROUTE_TOKEN, SCOPE_POLICY_READ, .body_max = LARGE,
	.serve = api_documents_match, .kind = DOCUMENTS_RUNTIME},
    DOCUMENT(WAAS, DOCUMENTS_WAAS),
    {POST, WAAS, ROUTE_TOKEN, SCOPE_POLICY_WRITE, .body_max = LARGE,
	.query = "note", .serve = api_documents_add_rule,
	.kind = DOCUMENTS_WAAS},
    {POST, WAAS "/match", ROUTE_TOKEN, SCOPE_POLICY_READ, .body_max = LARGE,
	.serve = api_documents_match, .kind = DOCUMENTS_WAAS},
    DOCUMENT(COLLECTIONS, DOCUMENTS_COLLECTIONS),
    {POST, COLLECTIONS, ROUTE_TOKEN, SCOPE_POLICY_WRITE, .body_max = SMALL,
	.serve = api_documents_add_collection, .kind = DOCUMENTS_COLLECTIONS},
    {PUT, COLLECTIONS "/{}", ROUTE_TOKEN, SCOPE_POLICY_WRITE, .body_max = SMALL,
	.serve = api_documents_put_collection, .kind = DOCUMENTS_COLLECTIONS},
    {DELETE, COLLECTIONS "/{}", ROUTE_TOKEN, SCOPE_POLICY_WRITE,
	.serve = api_documents_delete_collection,
	.kind = DOCUMENTS_COLLECTIONS},
    {0},
};
