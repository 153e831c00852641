/* Makespan: points per minute of the latest finish. The rows' last finishes are the leaves of a tree of maxima, so
 * that a changed row costs log R steps. Nothing of this runs while the weight is 0. */

static inline i64 leaves(const Plan *p) { return p->latest_n / 2; }

/* Latest finish of all rows. */
static inline i32 latest_finish(const Plan *p) { return p->latest_n ? AT(latest, 1) : 0; }

static inline i32 row_latest(const Plan *p, i32 row) { return p->latest_n ? AT(latest, leaves(p) + row) : 0; }

static void set_row_latest(Plan *p, i32 row, i32 finish) {
    if (!p->latest_n) return;
    i64 at = leaves(p) + row;
    AT(latest, at) = finish;
    for (at /= 2; at; at /= 2) AT(latest, at) = larger(AT(latest, 2 * at), AT(latest, 2 * at + 1));
}

/* Points when the plan would end at `finish` instead, if that is later. What waits for the task is looked ahead to:
 * the caller adds the task's tail. */
static inline f64 makespan_added(const Plan *p, i32 finish) {
    i32 more = finish - latest_finish(p);
    return more > 0 ? p->makespan * (f64)more : 0.0;
}
