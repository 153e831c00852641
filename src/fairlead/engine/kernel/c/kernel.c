/* The kernel: decoding, insertion and search over arrays that Python owns. C17, one translation unit, no allocation and no
 * global state; every call works on the one struct that it is given, so calls on different plans may run at the same time.
 * docs/engine/search.md tells the algorithm. */
#include "types.h"

#include "random.h"
#include "clock.h"
#include "rules/rules.h"
#include "undo.h"
#include "decode.h"
#include "shared.h"
#include "rows.h"
#include "insert.h"
#include "moves/moves.h"
#include "orders.h"
#include "search.h"
#include "construct.h"
#include "able.h"
#include "chains.h"
#include "rank.h"
#include "splice.h"
#include "calm.h"

#ifdef _WIN32
#define API __declspec(dllexport)
#else
#define API __attribute__((visibility("default")))
#endif

#ifdef CHECKED
#include <stdio.h>
#include <stdlib.h>
void fl_out_of_bounds(const char *name, i64 index, i64 size) {
    fprintf(stderr, "kernel: %s[%lld] of %lld\n", name, (long long)index, (long long)size);
    abort();
}
#endif

/* The arrays and numbers of Plan in their order, as "array type name" and "number type name", one a line. */
API const char *fl_layout(void) {
    return ""
#define X(type, name) "array " #type " " #name "\n"
        ARRAYS(X)
#undef X
#define X(type, name) "number " #type " " #name "\n"
            NUMBERS(X)
#undef X
        ;
}

/* Sizes in bytes, so that Python finds out when it describes a struct wrongly: Plan, Pair, Slot, Snap, Lane, Found. */
API i64 fl_size(i64 which) {
    const size_t sizes[] = {sizeof(Plan), sizeof(Pair), sizeof(Slot), sizeof(Snap), sizeof(Lane), sizeof(Found)};
    return which >= 0 && which < (i64)(sizeof sizes / sizeof *sizes) ? (i64)sizes[which] : NONE;
}

API void fl_weeks(Plan *p, const i32 *lanes) { weeks(p, lanes); }
API i64 fl_count_able(Plan *p, i64 words) { return count_able(p, words); }
API i64 fl_fill_pairs(Plan *p, i64 words) { return fill_pairs(p, words); }
API void fl_chain_order(Plan *p) { chain_order(p); }
API void fl_tails(Plan *p) { tails(p); }

/* Insert the tasks of `order` from position `from` on; returns the position it came to, before the end when it needs more
 * room. */
API i64 fl_construct(Plan *p, i64 from) {
    p->need = NEED_NOTHING;
    for (; from < p->order_n; from++) {
        construct_one(p, AT(order, from));
        if (p->need) break;
    }
    return from;
}

/* Append the tasks of `order` to the rows of order_row; returns the position it came to. What does not fit stays out. */
API i64 fl_append(Plan *p, i64 from) {
    p->need = NEED_NOTHING;
    for (; from < p->order_n; from++) {
        append_one(p, AT(order, from), AT(order_row, from));
        if (p->need) break;
    }
    return from;
}

/* Search for a number of iterations at one temperature; returns how many were done, fewer when it needs more room. The one that
 * needed it was undone, and begins again with the same random numbers: how much room there was changes nothing. */
API i64 fl_search(Plan *p, i64 iterations, f64 temperature) {
    p->need = NEED_NOTHING;
    for (i64 i = 0; i < iterations; i++) {
        u64 dice = AT(random, 0);
        iterate(p, temperature);
        if (p->need) {
            AT(random, 0) = dice;
            return i;
        }
    }
    return iterations;
}

/* Start the search from the plan as it is: it is the best so far. */
API f64 fl_begin(Plan *p) {
    p->cost = p->best_cost = full_cost(p);
    p->pool_count = p->stale_count = p->accepted = p->improved = 0;
    for (i32 task = 0; task < p->task_row_n; task++) {
        AT(pool_place, task) = NONE;
        if (AT(pair_ptr, task) < AT(pair_ptr, task + 1)) keep_in_pool(p, task);
    }
    for (i32 row = 0; row < p->row_worker_n; row++) {
        AT(stale, row) = 1;
        AT(stale_rows, p->stale_count++) = row;
    }
    keep_best(p);
    return p->cost;
}

/* Make the best plan found the plan. */
API void fl_take_best(Plan *p) { take_best(p); }

/* Take other slots for some rows, all of which are already in `slots`, and let what waits for their tasks follow; 0 when that
 * cannot be, and then the caller undoes. */
API i64 fl_splice(Plan *p, const i32 *rows, const i32 *lengths, const Slot *slots, i64 count) {
    p->need = NEED_NOTHING;
    return splice(p, rows, lengths, slots, count);
}

/* After a part was spliced in: bring its own releases and deadlines into pairs and slots. */
API void fl_take_over_limits(Plan *p) { take_over_limits(p); }

API f64 fl_full_cost(Plan *p) { return full_cost(p); }
API i64 fl_mark(Plan *p) { return mark(p); }
API void fl_undo(Plan *p, i64 to) { undo(p, to); }
API void fl_commit(Plan *p) { commit(p); }

/* Take a task out, and all that waits for it; their number (they are in `taken`, their workers in `taken_from`), or NONE
 * when it cannot be. */
API i64 fl_remove(Plan *p, i32 task) {
    p->need = NEED_NOTHING;
    p->taken_count = 0;
    i64 from = p->saved;
    if (!take(p, task) || !close_all_gaps(p, from)) return NONE;
    sum_up_changed(p, from);
    return p->taken_count;
}

/* Least points of each pair; INFINITY without a place. */
API void fl_least_points(Plan *p, i32 task, const Pair *pairs, i64 count, f64 *points) {
    p->thorough = 1;
    for (i64 i = 0; i < count; i++) points[i] = least_points(p, task, pairs + i);
    p->thorough = 0;
}

/* What placing the task with each pair changes. */
API void fl_measure(Plan *p, i32 task, const Pair *pairs, i64 count, i64 followers, Found *found) {
    p->need = NEED_NOTHING;
    p->thorough = 1;
    for (i64 i = 0; i < count && !p->need; i++) {
        i64 from = mark(p);
        place_and_measure(p, task, pairs + i, followers, found + i);
        undo(p, from);
    }
    p->thorough = 0;
}

/* Put a task exactly there; 0 when it cannot be, and then the caller undoes. */
API i64 fl_put(Plan *p, i32 task, const Pair *pair, i32 row, i32 place) {
    p->need = NEED_NOTHING;
    i64 from = p->saved;
    if (place < 0 || place > AT(row_len, row) || AT(row_worker, row) != pair->worker) return 0;
    if (AT(held, pair->worker) >= AT(most, pair->worker) || !put(p, task, pair, row, place)) return 0;
    sum_up_changed(p, from);
    return 1;
}

/* Place the task with one pair, and its followers, and keep them there. */
API void fl_place(Plan *p, i32 task, const Pair *pair, i64 followers, Found *found) {
    p->need = NEED_NOTHING;
    p->thorough = 1;
    i64 from = p->saved;
    place_and_measure(p, task, pair, followers, found);
    sum_up_changed(p, from);
    p->thorough = 0;
}

/* Points that a new order of a row's tasks changes; INFINITY when it cannot be, and then the caller undoes. */
API f64 fl_reorder(Plan *p, i32 row, const i32 *tasks) {
    p->need = NEED_NOTHING;
    return reorder(p, row, tasks);
}

/* Hold a task back until this minute; 0 when that costs something or cannot be, and then the caller undoes. */
API i64 fl_hold(Plan *p, i32 task, i32 minute) {
    p->need = NEED_NOTHING;
    return hold(p, task, minute);
}
