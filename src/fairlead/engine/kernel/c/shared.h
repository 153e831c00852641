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

/* Do `minutes` from u on; the end, or FAR when the calendar ends before. */
static i32 work_shared(Plan *p, i32 w, i32 u, i32 minutes, i32 *last_week) {
    i32 week = 0;
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

/* The slot at position `next` of the row when `extra` stands at `place` of row `extra_row`. */
static inline const Slot *nth(const Plan *p, i32 row, i32 next, const Slot *extra, i32 extra_row, i32 place) {
    if (!extra || row != extra_row || next < place) return row_slots(p, row) + next;
    return next == place ? extra : row_slots(p, row) + next - 1;
}

/* When a lane's next item can start; FAR for never. */
static i32 next_start(const Plan *p, i32 w, const Lane *lane, const Slot *task) {
    i32 week = 0, u = lane->u;
    if (!p->setup || lane->set_up || !differs(lane->context, task->context)) {
        u = larger(u, task->ready);
        if (task->pin != NONE) return u <= task->pin && first_free(p, w, task->pin, &week) == task->pin ? task->pin : FAR;
    }
    return first_free(p, w, u, &week);
}

/* Decode all lanes together, with `extra` tried at a place. Points of the slots are added to *points; ends are written
 * when there is no extra task. Returns 0 when it cannot be done. */
static int decode_together(Plan *p, i32 w, const Slot *extra, i32 extra_row, i32 place, f64 *points, i32 *finish) {
    i32 first = (i32)AT(row_ptr, w), rows = (i32)(AT(row_ptr, w + 1) - first), last_week = 0, ok = 1;
    for (i32 i = 0; i < rows; i++) AT(lanes, i) = (Lane){0, 0, NONE, 0};
    for (;;) {
        i32 best = NONE, best_start = FAR, open = 0;
        for (i32 i = 0; i < rows; i++) {
            i32 row = first + i, len = AT(row_len, row) + (extra && row == extra_row);
            if (AT(lanes, i).next >= len) continue;
            open = 1;
            i32 start = next_start(p, w, &AT(lanes, i), nth(p, row, AT(lanes, i).next, extra, extra_row, place));
            if (start < best_start) best = i, best_start = start;
        }
        if (!open) break;
        if (best == NONE) {
            ok = 0;
            break;
        }
        Lane *lane = &AT(lanes, best);
        const Slot *task = nth(p, first + best, lane->next, extra, extra_row, place);
        int set_up = p->setup && !lane->set_up && differs(lane->context, task->context);
        i32 end = work_shared(p, w, best_start, set_up ? (i32)p->setup : task->minutes, &last_week);
        if (end == FAR || (!set_up && end > task->deadline)) {
            ok = 0;
            break;
        }
        lane->u = end;
        lane->set_up = set_up;
        if (set_up) continue;
        *points += slot_points(p, w, task, end);
        if (task == extra) *finish = end;
        if (!extra) settle_slot(p, w, row_slots(p, first + best) + lane->next, &(Cursor){end, 0, 0, 0}, best_start);
        lane->context = task->context;
        lane->next++;
    }
    for (i32 i = 0; i <= last_week; i++) AT(week_used, i) = 0;
    return ok;
}

static f64 late_of(const Plan *p, i32 w) {
    f64 points = 0.0;
    for (i64 row = AT(row_ptr, w); row < AT(row_ptr, w + 1); row++)
        for (i32 i = 0; i < AT(row_len, row); i++) points += row_slots(p, (i32)row)[i].late;
    return points;
}

static int decode_shared(Plan *p, i32 w) {
    f64 points = 0.0;
    i32 finish = 0;
    for (i64 row = AT(row_ptr, w); row < AT(row_ptr, w + 1); row++)
        if (!save(p, (i32)row)) return 0;
    return decode_together(p, w, NULL, NONE, 0, &points, &finish);
}
