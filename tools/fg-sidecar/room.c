/* SPDX-License-Identifier: Apache-2.0 */
#include "room.h"

#include <string.h>

static size_t
connections(struct peer *const *peers, size_t n, const struct peer *p)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		same += peers[i]->kind == PEER_SOCKET &&
			strcmp(peers[i]->container, p->container) == 0;
	return same;
}

size_t
room_whose(struct peer *const *peers, size_t n)
{
	size_t whose = n, most = 0;

	for (size_t i = 0; i < n; i++)
		if (peers[i]->kind == PEER_SOCKET && !peers[i]->hello)
			return i;
	for (size_t i = 0; i < n; i++) {
		const struct peer *p = peers[i];
		size_t same;

		if (p->kind != PEER_SOCKET)
			continue;
		if (p->known && p->who == NULL)
			return i;
		same = connections(peers, n, p);
		if (same >= most) {
			most = same;
			whose = i;
		}
	}
	return whose;
}
