/* Types shared by everything in the kernel. */
#ifndef FAIRLEAD_TYPES_H
#define FAIRLEAD_TYPES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef int32_t i32;
typedef int64_t i64;
typedef uint64_t u64;
__extension__ typedef unsigned __int128 u128;
typedef double f64;

enum {
    NONE = -1,
    NOTHING = -2, /* the context before the first task of a row */
    FAR = 1 << 29, /* later than any minute that occurs; twice this still fits into 32 bits */
    WEEK = 7 * 24 * 60,
};

enum { NEED_NOTHING, NEED_ROW, NEED_SNAPS }; /* what Python has to enlarge before the call goes on */

/* Points below which two costs count as equal. */
#define TIE 1e-9

/* One task on one able worker. Times are the worker's work minutes; pin is NONE without a pinned start. A deadline is hard,
 * and FAR but in a part of a plan, where other parts wait for the task. */
typedef struct {
    f64 points; /* labour, misfit and moved: all that does not depend on the place in the plan */
    i32 worker, minutes, ready, due, pin, deadline;
} Pair;

/* One task at its place in a row, with the state of the row after it (end, used, week). */
typedef struct {
    i32 task, minutes, ready, due, pin, context;
    i32 end;  /* work minute at which it is done */
    i32 used; /* minutes used of the weekly cap ... */
    i32 week; /* ... in this week */
    i32 start, deadline, spare;
    f64 points, late;
} Slot;

/* A row as it was before a change. */
typedef struct {
    i64 slots, planned;
    f64 points, late, load;
    i32 row, len, switches, held, latest;
    i32 gap, last_gap; /* where tasks were taken out: first and last; NONE: nowhere */
    i32 spare;
} Snap;

/* Where a row stands while it is decoded: work minute, minutes used in this week, week, context. */
typedef struct {
    i32 u, used, week, context;
} Cursor;

/* A lane while all lanes of a worker are decoded together: the position of its next task, where it stands, and when the
 * next item, which may be a set-up, can start at the earliest. */
typedef struct {
    i32 next, u, context, set_up;
    i32 start, week;
} Lane;

/* A place for a task: points it adds, without the price of leaving it out. */
typedef struct {
    f64 points;
    const Pair *pair;
    i32 row, place, finish;
    i32 pushes; /* 1: others would start later or earlier than now */
} Spot;

#include "fields.h"

typedef struct {
#define X(type, name)                                                                                                 \
    type *name;                                                                                                       \
    i64 name##_n;
    ARRAYS(X)
#undef X
#define X(type, name) type name;
    NUMBERS(X)
#undef X
} Plan;

/* Every access by index goes through AT, so that a checked build (-DCHECKED) stops at the first one out of bounds. */
#ifdef CHECKED
void fl_out_of_bounds(const char *name, i64 index, i64 size);
static inline i64 checked(const char *name, i64 index, i64 size) {
    if (index < 0 || index >= size) fl_out_of_bounds(name, index, size);
    return index;
}
#define AT(name, index) (p->name[checked(#name, (i64)(index), p->name##_n)])
#else
#define AT(name, index) (p->name[index])
#endif

static inline i32 least(i32 a, i32 b) { return a < b ? a : b; }
static inline i32 larger(i32 a, i32 b) { return a > b ? a : b; }

/* Two tasks need a set-up between them when both belong to a context and the contexts differ. */
static inline int differs(i32 before, i32 after) { return before != after && before >= 0 && after >= 0; }

static inline Slot *row_slots(const Plan *p, i32 row) { return p->slots + AT(row_at, row); }

static inline Slot *slot_of(const Plan *p, i32 task) {
    return row_slots(p, AT(task_row, task)) + AT(task_place, task);
}

#endif
