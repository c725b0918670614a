/* SPDX-License-Identifier: Apache-2.0 */
/* route_print: all routes as records, for people, tests and documents. */
#ifndef FG_CONSOLE_ROUTE_PRINT_H
#define FG_CONSOLE_ROUTE_PRINT_H

#include "base/err.h"

/* To standard output, one `route` a line. */
int route_print(struct err *e);

#endif
