/* Ruin and recreate under simulated annealing. Read iterate() first: it is the recipe. */

enum { SEED_TRIES = 4, POOL_TRIES = 4, FAMILY = 12 };
#define WORST_SEED_SHARE 0.4
#define BLINK 0.01
#define HOPE 0.3

/* Points that a task costs more where it is than with its cheapest worker and on time. */
static f64 badness(const Plan *p, i32 task) {
    if (AT(task_row, task) == NONE) return INFINITY;
    const Slot *slot = slot_of(p, task);
    return slot->late + slot->points - AT(pairs, AT(pair_ptr, task)).points;
}

/* A task to start from: any, or often the worst of a few. */
static i32 some_seed(Plan *p) {
    i32 seed = AT(seeds, pick(p, p->seeds_n));
    if (chance(p) >= WORST_SEED_SHARE) return seed;
    f64 worst = badness(p, seed);
    for (int i = 0; i < SEED_TRIES; i++) {
        i32 other = AT(seeds, pick(p, p->seeds_n));
        f64 bad = badness(p, other);
        if (bad > worst) seed = other, worst = bad;
    }
    return seed;
}

/* When the seed is done; for one that is left out, some minute between its release and its due date. */
static i32 minute_of(Plan *p, i32 seed) {
    i32 row = AT(task_row, seed);
    if (row != NONE) return finish_minute(p, AT(row_worker, row), slot_of(p, seed)->end);
    i32 release = AT(release, seed), due = AT(due, seed);
    i32 last = due < FAR ? due : latest_finish(p);
    return release + (i32)pick(p, last > release ? last - release : 1);
}

/* Add a task that is left out to those that are put back. */
static void try_alone(Plan *p, i32 task) {
    if (AT(task_row, task) != NONE || AT(taken_stamp, task) == p->stamp || p->taken_count >= p->taken_n) return;
    AT(taken_stamp, task) = p->stamp;
    AT(taken_from, p->taken_count) = NONE;
    AT(taken, p->taken_count++) = task;
}

/* The same with some of what it waits for and what waits for it, since together they may be worth it. */
static void try_again(Plan *p, i32 task) {
    i64 first = p->taken_count, last = first + FAMILY;
    try_alone(p, task);
    for (i64 next = first; p->has_chains && next < p->taken_count && p->taken_count < last; next++) {
        i32 of = AT(taken, next);
        for (i64 i = AT(pred_ptr, of); i < AT(pred_ptr, of + 1) && p->taken_count < last; i++) try_alone(p, AT(pred, i));
        for (i64 i = AT(succ_ptr, of); i < AT(succ_ptr, of + 1) && p->taken_count < last; i++) try_alone(p, AT(succ, i));
    }
}

static int ruin(Plan *p) {
    i32 seed = some_seed(p);
    p->taken_count = 0;
    i32 minute = minute_of(p, seed);
    i64 wanted = 1 + pick(p, 2 * p->mean_ruin);
    if (!some_move(p)(p, seed, minute, wanted) || !close_all_gaps(p, 0)) return 0;
    try_again(p, seed);
    for (i64 i = 0; i < POOL_TRIES && i < p->pool_count; i++) try_again(p, AT(pool, pick(p, p->pool_count)));
    return 1;
}

/* Put a task back for its price at most; now and then for that of all that can follow it then, too. */
static int put_back(Plan *p, i32 task) {
    int in = insert(p, task, AT(price, task), BLINK);
    if (in || AT(worth, task) <= AT(price, task) || chance(p) >= HOPE) return in;
    return insert(p, task, AT(worth, task), BLINK);
}

/* Put everything back where it costs least. A task may have to wait for one that comes later in the order, so chains take
 * several rounds. */
static int recreate(Plan *p) {
    sort_taken(p);
    for (i64 progress = 1, first = 1; progress && (first || p->has_chains); first = 0) {
        progress = 0;
        for (i64 i = 0; i < p->taken_count; i++) {
            i32 task = AT(taken, i);
            if (AT(task_row, task) != NONE || (!first && AT(pred_ptr, task) == AT(pred_ptr, task + 1))) continue;
            int in = put_back(p, task);
            if (in == NONE) return 0;
            progress += in;
        }
    }
    return 1;
}

/* Whether the repair's budget of moved tasks still holds; *moved is how many there would be. */
static int within_budget(const Plan *p, i64 *moved) {
    *moved = p->moved;
    for (i64 i = 0; i < p->taken_count; i++) {
        i32 task = AT(taken, i), home = AT(home, task), row = AT(task_row, task);
        if (home == NONE) continue;
        *moved += (row == NONE ? NONE : AT(row_worker, row)) != home;
        *moved -= AT(taken_from, i) != home;
    }
    return *moved <= p->most_moved || *moved < p->moved;
}

static void keep_in_pool(Plan *p, i32 task) {
    i32 place = AT(pool_place, task), out = AT(task_row, task) == NONE;
    if (out && place == NONE) {
        AT(pool_place, task) = (i32)p->pool_count;
        AT(pool, p->pool_count++) = task;
    } else if (!out && place != NONE) {
        i32 last = AT(pool, --p->pool_count);
        AT(pool, place) = last;
        AT(pool_place, last) = place;
        AT(pool_place, task) = NONE;
    }
}

/* Copy the rows that differ from the best plan. */
static void keep_best(Plan *p) {
    p->best_cost = p->cost;
    p->improved++;
    for (i64 i = 0; i < p->stale_count; i++) {
        i32 row = AT(stale_rows, i), len = AT(row_len, row);
        AT(stale, row) = 0;
        AT(best_len, row) = len;
        memcpy(p->best_slots + AT(row_at, row), row_slots(p, row), (size_t)len * sizeof(Slot));
    }
    p->stale_count = 0;
}

/* Come back to the best plan. */
static void take_best(Plan *p) {
    for (i64 i = 0; i < p->stale_count; i++) {
        const Slot *slots = row_slots(p, AT(stale_rows, i));
        for (i32 j = 0; j < AT(row_len, AT(stale_rows, i)); j++) AT(task_row, slots[j].task) = NONE;
    }
    for (i64 i = 0; i < p->stale_count; i++) {
        i32 row = AT(stale_rows, i), w = AT(row_worker, row), len = AT(best_len, row);
        Slot *slots = row_slots(p, row);
        for (i32 j = 0; j < AT(row_len, row); j++) AT(planned, w) -= slots[j].minutes;
        AT(held, w) += len - AT(row_len, row);
        memcpy(slots, p->best_slots + AT(row_at, row), (size_t)len * sizeof(Slot));
        AT(row_len, row) = len;
        for (i32 j = 0; j < len; j++) AT(planned, w) += slots[j].minutes;
        AT(load_points, w) = load_points(p, w, AT(planned, w));
        AT(stale, row) = 0;
        locate(p, row, 0);
        sum_up(p, row);
        note_latest(p, row);
    }
    p->stale_count = 0;
    p->cost = p->best_cost;
    for (i32 task = 0; task < p->task_row_n; task++)
        if (AT(pair_ptr, task) < AT(pair_ptr, task + 1)) keep_in_pool(p, task);
}

static void accept(Plan *p, f64 change, i64 moved) {
    p->accepted++;
    p->cost += change;
    p->moved = moved;
    for (i64 i = 0; i < p->taken_count; i++) keep_in_pool(p, AT(taken, i));
    for (i64 i = 0; i < p->saved; i++) {
        i32 row = AT(snaps, i).row;
        if (AT(stale, row)) continue;
        AT(stale, row) = 1;
        AT(stale_rows, p->stale_count++) = row;
    }
    if (p->cost < p->best_cost - 1e-9 * fabs(p->best_cost)) keep_best(p);
    commit(p);
}

/* Points saved or lost by leaving tasks out or taking them in. */
static f64 left_out_change(const Plan *p) {
    f64 points = 0.0;
    for (i64 i = 0; i < p->taken_count; i++) {
        i32 task = AT(taken, i);
        points += AT(price, task) * ((AT(task_row, task) == NONE) - (AT(taken_from, i) == NONE));
    }
    return points;
}

/* One round: take some tasks out, put them back where they cost least, keep what is good enough at this temperature. */
static void iterate(Plan *p, f64 temperature) {
    f64 before = plan_points(p);
    i64 moved = 0;
    mark(p);
    if (ruin(p) && recreate(p) && within_budget(p, &moved)) {
        Change change = change_since(p, 0, before);
        f64 points = total_of(&change) + left_out_change(p);
        if (points < -temperature * steady_log(chance(p) + 1e-300)) {
            accept(p, points, moved);
            return;
        }
    }
    undo(p, 0);
}
