/* SPDX-License-Identifier: Apache-2.0 */
#include "sock_proc.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "path.h"

enum { TABLE_MAX = 1 << 22 /* bytes of one table that are looked at */ };

/* "0100007F:1F90": words of the address in host order, port. */
static bool
address(const char *text, struct ip *ip, uint16_t *port)
{
	size_t digits = strspn(text, "0123456789ABCDEF"), i;
	char word[9] = "";
	uint32_t value;
	uint8_t raw[16];

	if ((digits != 8 && digits != 32) || text[digits] != ':')
		return false;
	for (i = 0; i < digits / 8; i++) {
		memcpy(word, text + 8 * i, 8);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy(raw + 4 * i, &value, 4);
	}
	*ip = ip_make(digits == 8 ? 4 : 6, raw);
	*port = (uint16_t)strtoul(text + digits + 1, NULL, 16);
	return true;
}

/* sl local rem st tx:rx tr:tm retr uid timeout inode */
static bool
line(char *text, unsigned long inode, struct sock *ret)
{
	char *field[10], *p = text;
	size_t n = 0;

	while (n < 10) {
		p += strspn(p, " ");
		if (*p == '\0')
			return false;
		field[n++] = p;
		p += strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	if (strtoul(field[9], NULL, 10) != inode)
		return false;
	if (!address(field[1], &ret->local, &ret->local_port))
		return false;
	(void)address(field[2], &ret->peer, &ret->peer_port);
	return true;
}

static bool
table(struct trace *t, pid_t tid, const char *name, unsigned long inode,
    struct sock *ret)
{
	char path[48], *at, *end;
	cleanup_fd int fd = -1;
	size_t have = 0, total = 0;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (total < TABLE_MAX && (got = read(fd, t->block + have,
					 sizeof(t->block) - have - 1)) > 0) {
		have += (size_t)got;
		total += (size_t)got;
		t->block[have] = '\0';
		at = t->block;
		while ((end = strchr(at, '\n')) != NULL) {
			*end = '\0';
			if (line(at, inode, ret))
				return true;
			at = end + 1;
		}
		have -= (size_t)(at - t->block);
		memmove(t->block, at, have);
		if (have == sizeof(t->block) - 1)
			return false;
	}
	return false;
}

bool
sock_proc_look(struct trace *t, pid_t tid, int fd, struct sock *ret)
{
	static const struct {
		const char *name;
		uint8_t protocol;
	} tables[] = {{"tcp", IPPROTO_TCP}, {"tcp6", IPPROTO_TCP},
	    {"udp", IPPROTO_UDP}, {"udp6", IPPROTO_UDP}};
	struct str link = path_of_fd(t, tid, fd, 1);
	unsigned long inode;
	size_t i;

	if (!str_starts(link, "socket:["))
		return false;
	inode = strtoul(link.p + 8, NULL, 10);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (!table(t, tid, tables[i].name, inode, ret))
			continue;
		ret->protocol = tables[i].protocol;
		return true;
	}
	return false;
}
