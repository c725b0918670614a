/* SPDX-License-Identifier: Apache-2.0 */
/* spool_state: what the files of this module share; no one else looks in. */
#ifndef FG_SPOOL_SPOOL_STATE_H
#define FG_SPOOL_SPOOL_STATE_H

#include "spool.h"
#include "spool_format.h"
#include "spool_scan.h"

enum { SPOOL_STATE_CHUNK = 128 * 1024 };

/* Records in memory, as they will stand in a segment but not yet sealed. */
struct spool_chunk {
	struct spool_chunk *next;
	uint64_t first, last; /* positions */
	uint64_t weight;
	size_t n;
	unsigned char bytes[SPOOL_STATE_CHUNK];
};

struct spool_segment {
	struct spool_segment *next;
	struct spool_link link;
	uint64_t first, last;     /* positions; 0: no records */
	uint64_t weight;          /* of the durable records */
	uint64_t damage, unknown; /* lost in it, told when it goes */
	uint64_t size;            /* durable, whole bytes */
	uint64_t disk;            /* that the file may have */
	uint64_t sum;             /* weight as the last record has it */
	uint64_t checked;         /* up to here damage has been counted */
	unsigned int failures;    /* of reading it */
	bool uncut;               /* more than `size` may come back */
	bool dead;                /* all is counted; may go once head says so */
};

struct spool_chain {
	struct spool_segment *first, *last;
	struct spool_chunk *head, *tail;
	size_t written; /* chunks from head on: in `fd`, not yet durable */
	int fd;         /* of `last`, being appended to, or -1 */
	bool fresh;     /* `last` is new: its name is not durable either */
	uint64_t end;   /* offset where the next chunk goes */
	uint64_t sum;   /* weight there */
	/* Where the reader stopped: behind position hint in hint_id. */
	uint64_t hint_id, hint, hint_at, hint_sum;
	unsigned char *window; /* SPOOL_SCAN_WINDOW, or NULL */
};

struct spool {
	const struct spool_io *io;
	struct spool_limits limits;
	struct spool_crc crc;
	struct spool_chain chains[SPOOL_PRIORITIES];
	struct spool_head head;
	int dir, head_fd;
	bool dirty;  /* head is newer than its file */
	bool unsure; /* `loaded`, what was read of it, may not be durable */
	unsigned char loaded[SPOOL_FORMAT_SLOT];
	uint64_t loaded_at;
	uint64_t next_position, next_id, segment_bytes;
	uint64_t disk_bytes;
	uint32_t segments;
	struct spool_chunk *spare; /* empty ones */
	size_t chunks, chunks_max; /* taken, spare ones too */
	size_t spares;
	int error; /* 0, or the errno of the disk */
	int64_t failed_at;
	struct spool_record *records;
	size_t records_max;
	unsigned char *bytes;
	size_t bytes_max;
	char path[]; /* for messages */
};

/* spool_head.c: write the head, then unlink what is dead. 0 or -errno. */
int spool_head_save(struct spool *s);
/* Read it; a new one when there is none. *found: one that is whole. */
int spool_head_load(struct spool *s, bool *found);

/* spool_memory.c: a chunk with room for n more bytes in chain p, or NULL. */
struct spool_chunk *spool_memory_chunk(
    struct spool *s, unsigned int p, size_t n);
/* Take the first chunk of chain p away; unless `lost` is false, it is. */
void spool_memory_drop(struct spool *s, unsigned int p, bool lost);
/* Drop what is acknowledged. */
void spool_memory_ack(struct spool *s);
/* Chain with the lowest priority that has chunks, or SPOOL_PRIORITIES. */
unsigned int spool_memory_lowest(const struct spool *s);
/* The record at position is durable or counted: is it the one that tells? */
void spool_memory_told(
    struct spool *s, unsigned int p, uint64_t first, uint64_t last);
void spool_memory_free(struct spool *s);

/* spool_segment.c: all of chain p to the disk. 0 or -errno. */
int spool_segment_flush(struct spool *s, unsigned int p);
/* The first live segment of a chain, or NULL. */
struct spool_segment *spool_segment_front(const struct spool_chain *c);
/* Count what is lost with seg, of chain p, and let it go at the next save. */
void spool_segment_retire(
    struct spool *s, unsigned int p, struct spool_segment *seg);
/*
 * Cut the torn tail of seg, of chain p, off for good, when it has one: no crash
 * may bring it back once something stands behind it. 0 or -errno.
 */
int spool_segment_cut(
    struct spool *s, unsigned int p, struct spool_segment *seg);
/* Retire what is acknowledged as a whole, but what is being appended to. */
void spool_segment_ack(struct spool *s);
/*
 * Make room for n more bytes and files, for priority p. 0; 1: only higher ones
 * could go; -errno.
 */
int spool_segment_room(
    struct spool *s, unsigned int p, uint64_t n, uint32_t files);
/* Unlink the dead. */
int spool_segment_sweep(struct spool *s);
void spool_segment_free(struct spool *s);

/* spool_load.c: find the segments. */
int spool_load(struct spool *s, struct err *e);
/* Open seg to be read from sc->at; sc->fd is to be closed. 0 or -errno. */
int spool_load_scan(struct spool *s, unsigned int p,
    const struct spool_segment *seg, struct spool_scan *sc);

#endif
