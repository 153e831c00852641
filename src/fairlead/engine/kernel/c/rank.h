/* Who should do this task now: the best place with each worker, and everything that it changes. The task is left out when
 * these are called. */

typedef struct {
    f64 pair, late, neighbour, load, plan, left_out;
    i32 row, place, start, finish; /* row NONE: no place */
} Found;

/* Points of the cheapest place with this worker as far as her own row shows them; INFINITY when there is none. */
static f64 least_points(Plan *p, i32 task, const Pair *pair) {
    Spot best = {.points = INFINITY};
    try_worker(p, task, pair, 0.0, &best);
    return best.pair ? best.points : INFINITY;
}

/* Put the task at the worker's cheapest place, or where it can be put at all when delay elsewhere forbids that one. */
static int put_with(Plan *p, i32 task, const Pair *pair) {
    i64 from = mark(p);
    Spot best = {.points = INFINITY};
    try_worker(p, task, pair, 0.0, &best);
    if (!best.pair) return 0;
    if (put(p, task, pair, best.row, best.place)) return 1;
    undo(p, from);
    i32 done = to_work(p, pair->worker, chain_minute(p, task)); /* before what it waits for it would close a circle */
    for (i32 row = (i32)AT(row_ptr, pair->worker); row < AT(row_ptr, pair->worker + 1) && !p->need; row++) {
        i32 first = done ? first_after(row_slots(p, row), AT(row_len, row), done) : 0;
        for (i32 place = AT(row_len, row); place >= first && !p->need; place--) {
            if (put(p, task, pair, row, place)) return 1;
            undo(p, from);
        }
    }
    return 0;
}

/* A row that is saved twice, since marks lie between, counts with its oldest copy. */
static Change change_over_marks(Plan *p, i64 from, f64 before) {
    Change sum = {0};
    for (i64 i = from; i < p->saved; i++) {
        int again = 0;
        for (i64 j = from; j < i; j++) again |= AT(snaps, j).row == AT(snaps, i).row;
        if (again) continue;
        const Snap *old = &AT(snaps, i);
        i32 row = old->row, w = AT(row_worker, row);
        sum_up(p, row);
        sum.pair += AT(row_points, row) - old->points;
        sum.late += AT(row_late, row) - old->late;
        sum.neighbour += p->switch_points * (AT(row_switches, row) - old->switches);
        f64 load = load_points(p, w, AT(planned, w));
        sum.load += load - AT(load_points, w);
        AT(load_points, w) = load;
    }
    sum.plan = plan_points(p) - before;
    return sum;
}

/* Place the task with one worker, bring back those that wait for it with theirs (order, order_row holds the workers), and
 * say what changed. The plan keeps the change: the caller undoes. */
static void place_and_measure(Plan *p, i32 task, const Pair *pair, i64 followers, Found *found) {
    i64 from = p->saved;
    f64 before = plan_points(p), left_out = -AT(price, task);
    *found = (Found){.row = NONE};
    if (!put_with(p, task, pair)) return;
    for (i64 i = 0; i < followers; i++) {
        i32 follower = AT(order, i);
        const Pair *home = pair_of(p, follower, AT(order_row, i));
        i64 to = mark(p);
        if (home && put_with(p, follower, home)) left_out -= AT(price, follower);
        else undo(p, to);
    }
    const Slot *slot = slot_of(p, task);
    Change change = change_over_marks(p, from, before);
    *found = (Found){
        .pair = change.pair,
        .late = change.late,
        .neighbour = change.neighbour,
        .load = change.load,
        .plan = change.plan,
        .left_out = left_out,
        .row = AT(task_row, task),
        .place = AT(task_place, task),
        .start = finish_minute(p, pair->worker, slot->start + 1) - 1,
        .finish = finish_minute(p, pair->worker, slot->end),
    };
}
