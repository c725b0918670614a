/* SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

static const struct {
	const char *name, *help;
	const char *type;
} names[BOARD_COUNTS] = {
    [BOARD_REQUESTS] = {"fg_console_http_requests_total",
	"Requests that were served.", "counter"},
    [BOARD_ERRORS_4XX] = {"fg_console_http_client_errors_total",
	"Answers from 400 to 499.", "counter"},
    [BOARD_ERRORS_5XX] = {"fg_console_http_server_errors_total",
	"Answers from 500 on.", "counter"},
    [BOARD_REFUSED] = {"fg_console_http_refused_total",
	"Requests that were no proper HTTP, or too slow.", "counter"},
    [BOARD_BAD_TOKENS] = {"fg_console_auth_failed_total",
	"Requests without a token, secret or certificate that is valid.",
	"counter"},
    [BOARD_FORBIDDEN] = {"fg_console_auth_forbidden_total",
	"Requests for which the scopes did not suffice.", "counter"},
    [BOARD_CONNECTIONS] = {"fg_console_connections", "Connections now.",
	"gauge"},
    [BOARD_WAITING] = {"fg_console_long_polls",
	"Requests that wait for something new now.", "gauge"},
    [BOARD_HANDSHAKES_FAILED] = {"fg_console_tls_handshakes_failed_total",
	"TLS handshakes that failed.", "counter"},
    [BOARD_EVENTS_RECEIVED] = {"fg_console_events_received_total",
	"Events that sidecars sent.", "counter"},
    [BOARD_EVENTS_STORED] = {"fg_console_events_stored_total",
	"Events that were stored.", "counter"},
    [BOARD_EVENTS_DUPLICATE] = {"fg_console_events_duplicate_total",
	"Events that were there already.", "counter"},
    [BOARD_EVENTS_REJECTED] = {"fg_console_events_rejected_total",
	"Lines that were no event.", "counter"},
    [BOARD_BATCHES_BUSY] = {"fg_console_batches_busy_total",
	"Batches that were answered 503, to be sent again.", "counter"},
    [BOARD_COMMITS] = {"fg_console_commits_total",
	"Transactions that stored events.", "counter"},
    [BOARD_ENROLLED] = {"fg_console_enrolled_total",
	"Certificates given for an enrolment secret.", "counter"},
    [BOARD_RENEWED] = {"fg_console_renewed_total",
	"Certificates given for an older one.", "counter"},
    [BOARD_ENROL_REFUSED] = {"fg_console_enrol_refused_total",
	"Enrolments that were refused.", "counter"},
    [BOARD_POLICIES_SIGNED] = {"fg_console_policies_signed_total",
	"Policies that were made for an App ID.", "counter"},
    [BOARD_WORKER_STARTS] = {"fg_console_worker_starts_total",
	"HTTP workers started, again ones included.", "counter"},
    [BOARD_DAMAGED_DAYS] = {"fg_console_damaged_days_total",
	"Days of audits that a question had to leave out.", "counter"},
    [BOARD_WRITER_ERRORS] = {"fg_console_store_errors_total",
	"What the store could not do.", "counter"},
};

int
board_new(struct board **ret, struct err *e)
{
	void *p = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return err_set(e, ERR_TEMP, errno, "mmap: %s", strerror(errno));
	*ret = p;
	return 0;
}

void
board_add(struct board_row *row, enum board_count what, uint64_t n)
{
	atomic_fetch_add_explicit(&row->n[what], n, memory_order_relaxed);
}

void
board_set(struct board_row *row, enum board_count what, uint64_t n)
{
	atomic_store_explicit(&row->n[what], n, memory_order_relaxed);
}

uint64_t
board_sum(const struct board *b, enum board_count what)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < BOARD_ROWS_MAX; i++)
		sum += atomic_load_explicit(
		    &b->rows[i].n[what], memory_order_relaxed);
	return sum;
}

static void
put(struct buf *out, const char *name, const char *help, const char *type,
    uint64_t value)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name,
	    help, name, type, name, value);
}

void
board_write(const struct board *b, struct buf *out)
{
	for (size_t i = 0; i < BOARD_COUNTS; i++)
		put(out, names[i].name, names[i].help, names[i].type,
		    board_sum(b, (enum board_count)i));
}

void
board_gauge(struct buf *out, const char *name, const char *help, uint64_t value)
{
	put(out, name, help, "gauge", value);
}
