/* Best insertion: where a task costs least, tried without changing the plan. Trials see the row that they change; delay
 * that runs through chains to other workers shows when the task is put there. */

/* First position whose task ends after u: before it the new task would only delay others. */
static inline i32 first_after(const Slot *slots, i32 len, i32 u) {
    i32 low = 0, high = len;
    while (low < high) {
        i32 middle = (low + high) / 2;
        if (slots[middle].end <= u) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Points that the end of the whole plan adds when this task ends at work minute `end`; what waits for it included. */
static inline f64 ends_plan(const Plan *p, i32 w, i32 task, i32 end) {
    return makespan_added(p, finish_minute(p, w, end) + AT(tail, task));
}

/* Keep the cheaper spot; of two that cost the same the one where nobody moves, then the one that finishes earlier. What was
 * put in first was the more urgent and is not pushed back for nothing. `other` has no finish yet: it is seldom needed. */
static inline void keep_cheaper(const Plan *p, Spot *best, Spot other, i32 end) {
    if (other.points > best->points + TIE) return;
    other.finish = finish_minute(p, other.pair->worker, end);
    int same = best->pair && other.points > best->points - TIE;
    if (same && other.pushes > best->pushes) return;
    if (same && other.pushes == best->pushes && other.finish >= best->finish) return;
    *best = other;
}

/* How much `slot`, and all after it, cost more when the row reaches them at the cursor. INFINITY when one of them cannot
 * be done any more; stops early above `most`. */
static inline f64 pushed(const Plan *p, i32 w, Cursor at, const Slot *slot, const Slot *end, f64 most) {
    f64 points = 0.0, last = 0.0;
    for (; slot < end && points + last <= most; slot++) {
        if (step(p, w, &at, slot) == NONE) return INFINITY;
        if (same_state(&at, slot)) break;
        points += slot_points(p, w, slot, at.u) - slot->late;
        if (p->latest_n) {
            f64 late = ends_plan(p, w, slot->task, at.u);
            if (late > last) last = late;
        }
    }
    return points + last;
}

/* Whether the row goes on differently from the cursor on. */
static inline int pushes_any(const Plan *p, i32 w, Cursor at, const Slot *slot, const Slot *end) {
    return slot < end && (step(p, w, &at, slot) == NONE || !same_state(&at, slot));
}

/* The first place that is tried. Before tasks that end before the new one can start it would only delay them: a thorough
 * search tries even those, but never a place before what the task waits for, which would close a circle. */
static inline i32 first_place(const Plan *p, const Slot *slots, i32 len, const Slot *task, i32 w) {
    if (!p->thorough) return first_after(slots, len, task->ready);
    i32 done = chain_minute(p, task->task);
    return done > 0 ? first_after(slots, len, to_work(p, w, done)) : 0;
}

/* Every place of one row from the first sensible one on. `base` holds the points that do not depend on the place. Later
 * places end later, so a place that is too dear by itself ends the row, unless a set-up may vanish further on. */
static void try_row(Plan *p, i32 row, const Slot *task, const Pair *pair, f64 base, f64 blink, Spot *best) {
    i32 w = pair->worker, len = AT(row_len, row);
    const Slot *slots = row_slots(p, row);
    int may_gain = p->has_contexts && task->context == NONE;
    for (i32 place = first_place(p, slots, len, task, w); place <= len; place++) {
        Cursor at = cursor_before(slots, place);
        i32 before = at.context, after = place < len ? slots[place].context : NONE;
        int set_up = differs(before, task->context);
        f64 limit = may_gain ? INFINITY : best->points + TIE, points = INFINITY;
        if (step(p, w, &at, task) != NONE) points = base + slot_points(p, w, task, at.u);
        if (points > limit || points == INFINITY) {
            if (set_up) continue;
            return;
        }
        if (blink > 0.0 && chance(p) < blink) continue;
        points += neighbour_points_added(p, before, task->context, after);
        f64 end_points = p->latest_n ? ends_plan(p, w, task->task, at.u) : 0.0;
        f64 rest = points > limit ? INFINITY : pushed(p, w, at, slots + place, slots + len, limit - points);
        points += p->latest_n && end_points > rest ? end_points : rest;
        if (points > best->points + TIE) continue;
        keep_cheaper(p, best, (Spot){points, pair, row, place, 0, pushes_any(p, w, at, slots + place, slots + len)}, at.u);
    }
}

/* Do one task next as if the cap never bound; 0 when even that cannot be. */
static inline int step_without_cap(const Plan *p, i32 w, Cursor *at, const Slot *task) {
    if (at->context != NOTHING) at->u = rested(p, w, at->u);
    if (p->setup && differs(at->context, task->context)) at->u += (i32)p->setup;
    at->u = larger(at->u, task->ready);
    if (task->pin != NONE && at->u > task->pin) return 0;
    at->u = larger(at->u, task->pin) + task->minutes;
    at->context = task->context;
    return at->u <= AT(total, w) && at->u <= task->deadline;
}

/* What the place costs at least: the cap, and the other lanes, can only delay more. Points are INFINITY when it cannot be. */
static Spot at_least(const Plan *p, i32 row, i32 place, const Slot *task, Spot spot, f64 most) {
    i32 w = spot.pair->worker;
    const Slot *slot = row_slots(p, row) + place, *end = row_slots(p, row) + AT(row_len, row);
    Cursor at = {place ? slot[-1].end : 0, 0, 0, place ? slot[-1].context : NOTHING};
    f64 points = spot.points;
    spot.points = INFINITY;
    if (!step_without_cap(p, w, &at, task)) return spot;
    points += slot_points(p, w, task, at.u);
    spot.finish = finish_minute(p, w, at.u);
    for (; slot < end && points <= most; slot++) {
        if (!step_without_cap(p, w, &at, slot)) return spot;
        if (at.u <= slot->end) break;
        points += slot_points(p, w, slot, at.u) - slot->late;
    }
    spot.points = points;
    return spot;
}

static inline int loses_to(const Spot *spot, const Spot *best) {
    if (spot->points > best->points + TIE) return 1;
    if (!best->pair || spot->points <= best->points - TIE) return 0;
    return spot->pushes > best->pushes || (spot->pushes == best->pushes && spot->finish >= best->finish);
}

/* The same where lanes share a cap: the whole worker is decoded for every place that may be the best; the end of the row comes
 * first, since it is the best most of the time. A task between two contexts may save a set-up, so it is always tried there. */
static void try_shared_row(Plan *p, i32 row, const Slot *task, const Pair *pair, f64 base, Spot *best) {
    i32 w = pair->worker, len = AT(row_len, row);
    const Slot *slots = row_slots(p, row);
    for (i32 place = len, first = first_place(p, slots, len, task, w); place >= first; place--) {
        i32 before = place ? slots[place - 1].context : NONE, after = place < len ? slots[place].context : NONE;
        Trial trial = {.extra = task, .extra_row = row, .place = place};
        int parts = task->context == NONE && differs(before, after);
        trial.points = base + neighbour_points_added(p, before, task->context, after);
        trial.most = p->thorough || parts ? INFINITY : best->points + TIE;
        if (!p->thorough && !parts) {
            Spot least = at_least(p, row, place, task, (Spot){trial.points, pair, row, place, 0, place < len}, trial.most);
            if (loses_to(&least, best)) continue;
        }
        if (!decode_together(p, w, &trial)) continue;
        if (p->latest_n) trial.points += ends_plan(p, w, task->task, trial.end);
        keep_cheaper(p, best, (Spot){trial.points, pair, row, place, 0, place < len}, trial.end);
    }
}

/* The cheapest place with one worker; lanes that are empty are all alike. */
static void try_worker(Plan *p, i32 task, const Pair *pair, f64 blink, Spot *best) {
    i32 w = pair->worker, ready = ready_on(p, task, pair), tried_empty = 0;
    if (ready == NONE || AT(held, w) >= AT(most, w)) return;
    Slot fresh = slot_for(p, task, pair, ready);
    f64 base = pair->points + load_points_added(p, w, pair->minutes);
    for (i32 row = (i32)AT(row_ptr, w); row < AT(row_ptr, w + 1); row++) {
        if (!AT(row_len, row) && tried_empty++) continue;
        if (AT(shares, w)) try_shared_row(p, row, &fresh, pair, base, best);
        else try_row(p, row, &fresh, pair, base, blink, best);
    }
}

/* The cheapest place of all that costs at most `limit`. Pairs come by points, so the rest is dearer anyway. */
static Spot best_spot(Plan *p, i32 task, f64 limit, f64 blink) {
    Spot best = {.points = limit};
    f64 gain = p->has_contexts && AT(context, task) == NONE ? INFINITY : 0.0;
    for (i64 i = AT(pair_ptr, task); i < AT(pair_ptr, task + 1); i++) {
        const Pair *pair = &AT(pairs, i);
        if (pair->points > best.points + TIE + gain) break;
        if (pair->points + load_points_added(p, pair->worker, pair->minutes) > best.points + TIE + gain) continue;
        if (blink > 0.0 && chance(p) < blink) continue;
        try_worker(p, task, pair, blink, &best);
    }
    return best;
}

static int waits_for_left_out(const Plan *p, i32 task) {
    for (i64 i = AT(pred_ptr, task); i < AT(pred_ptr, task + 1); i++)
        if (AT(task_row, AT(pred, i)) == NONE) return 1;
    return 0;
}

/* Put a task where it costs least, but only where that is no dearer than `most`. Returns 1 when it is in, 0 when it
 * stays out, NONE when the plan can no longer be trusted and has to be undone. */
static int insert(Plan *p, i32 task, f64 most, f64 blink) {
    if (waits_for_left_out(p, task)) return 0;
    Spot best = best_spot(p, task, most, blink);
    if (!best.pair) return 0;
    return put(p, task, best.pair, best.row, best.place) ? 1 : NONE;
}
