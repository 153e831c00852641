/* Workers whose lanes share a weekly cap that can bind. The cap is used in order of start, ties by lane: at each step
 * the lane whose next item (a set-up or a task) can start first does it and takes its minutes from the cap. The cap
 * only gets fuller, so no item starts before one that was done earlier, and the order is well defined. */

/* First work minute from u on in a week with room; FAR when there is none. `week` is a lower bound of its week. */
static i32 first_free(const Plan *p, i32 w, i32 u, i32 *week) {
    while (u < AT(total, w)) {
        if (u >= week_end_of(p, w, *week)) *week = week_of(p, w, u, *week + 1);
        if (*week >= p->week_used_n) return FAR;
        if (AT(week_used, *week) < AT(cap, w)) return u;
        u = week_end_of(p, w, *week);
    }
    return FAR;
}

/* Do `minutes` from u on, which lies in `week` or later; the end, or FAR when the calendar ends before. */
static i32 work_shared(Plan *p, i32 w, i32 u, i32 minutes, i32 week, i32 *last_week) {
    while (minutes) {
        u = first_free(p, w, u, &week);
        if (u == FAR) return FAR;
        i32 room = least(week_end_of(p, w, week) - u, AT(cap, w) - AT(week_used, week));
        i32 step = least(minutes, room);
        AT(week_used, week) += step;
        u += step;
        minutes -= step;
        *last_week = larger(*last_week, week);
    }
    return u;
}

/* Find out when a lane's next item can start; FAR for never, or when the lane is done. */
static void look_ahead(const Plan *p, i32 w, Lane *lane, const Slot *task) {
    i32 u = lane->u, set_up = task && p->setup && !lane->set_up && differs(lane->context, task->context);
    lane->week = 0;
    lane->start = FAR;
    if (!task) return;
    if (!set_up) u = larger(u, task->ready);
    if (set_up || task->pin == NONE) lane->start = first_free(p, w, u, &lane->week);
    else if (u <= task->pin && first_free(p, w, task->pin, &lane->week) == task->pin) lane->start = task->pin;
}

/* All lanes of a worker, with `extra` tried at a place of one row. */
typedef struct {
    const Slot *extra;
    i32 extra_row, place;
    f64 points, most; /* what the extra task and the delay of others cost; given up above `most` */
    i32 end;          /* of the extra task */
} Trial;

static inline const Slot *next_of(const Plan *p, i32 row, i32 next, const Trial *trial) {
    int extra = trial->extra && row == trial->extra_row;
    if (next >= AT(row_len, row) + extra) return NULL;
    if (!extra || next < trial->place) return row_slots(p, row) + next;
    return next == trial->place ? trial->extra : row_slots(p, row) + next - 1;
}

/* The lane whose next item can start first, ties by lane; NONE when no lane can go on. Starts that were found before may be too
 * early by now, since the cap gets fuller: the first one is looked at again. */
static i32 first_lane(const Plan *p, i32 w, i32 rows, const Trial *trial) {
    for (;;) {
        i32 best = NONE, best_start = FAR;
        for (i32 i = 0; i < rows; i++)
            if (AT(lanes, i).start < best_start) best = i, best_start = AT(lanes, i).start;
        if (best == NONE || AT(week_used, AT(lanes, best).week) < AT(cap, w)) return best;
        i32 row = (i32)AT(row_ptr, w) + best;
        look_ahead(p, w, &AT(lanes, best), next_of(p, row, AT(lanes, best).next, trial));
    }
}

/* Do the lane's next item. Returns 0 when it does not fit. */
static int do_next(Plan *p, i32 w, Lane *lane, i32 row, Trial *trial, i32 *last_week) {
    const Slot *task = next_of(p, row, lane->next, trial);
    int set_up = p->setup && !lane->set_up && differs(lane->context, task->context);
    i32 end = work_shared(p, w, lane->start, set_up ? (i32)p->setup : task->minutes, lane->week, last_week);
    if (end == FAR || (!set_up && end > task->deadline)) return 0;
    lane->u = set_up ? end : rested(p, w, end);
    lane->set_up = set_up;
    if (!set_up) {
        if (task == trial->extra) trial->end = end;
        if (trial->extra) trial->points += slot_points(p, w, task, end) - (task == trial->extra ? 0.0 : task->late);
        else settle_slot(p, w, row_slots(p, row) + lane->next, &(Cursor){end, 0, 0, 0}, lane->start);
        lane->context = task->context;
        lane->next++;
    }
    look_ahead(p, w, lane, next_of(p, row, lane->next, trial));
    return 1;
}

/* Decode all lanes together; the slots are written when there is no extra task. Returns 0 when it cannot be done, or costs too
 * much. */
static int decode_together(Plan *p, i32 w, Trial *trial) {
    i32 first = (i32)AT(row_ptr, w), rows = (i32)(AT(row_ptr, w + 1) - first), last_week = 0, ok = 1, best;
    i64 left = 0;
    for (i32 i = 0; i < rows; i++) {
        AT(lanes, i) = (Lane){0, 0, NONE, 0, FAR, 0};
        look_ahead(p, w, &AT(lanes, i), next_of(p, first + i, 0, trial));
    }
    while (ok && trial->points <= trial->most && (best = first_lane(p, w, rows, trial)) != NONE)
        ok = do_next(p, w, &AT(lanes, best), first + best, trial, &last_week);
    for (i32 i = 0; i < rows; i++) left += next_of(p, first + i, AT(lanes, i).next, trial) != NULL;
    memset(p->week_used, 0, ((size_t)last_week + 1) * sizeof(i32));
    return ok && !left;
}

static int decode_shared(Plan *p, i32 w) {
    for (i64 row = AT(row_ptr, w); row < AT(row_ptr, w + 1); row++)
        if (!save(p, (i32)row)) return 0;
    return decode_together(p, w, &(Trial){.most = INFINITY});
}
