/* Decode: from the order of a row to start and finish, as early as the rules allow. */

/* The row before the slot at `place`. */
static inline Cursor cursor_before(const Slot *slots, i32 place) {
    if (!place) return (Cursor){0, 0, 0, NOTHING};
    const Slot *last = slots + place - 1;
    return (Cursor){last->end, last->used, last->week, last->context};
}

/* Do one task next; its first work minute, or NONE when that cannot be. */
static inline i32 step(const Plan *p, i32 w, Cursor *at, const Slot *task) {
    if (at->context != NOTHING) at->u = rested(p, w, at->u);
    if (p->setup && differs(at->context, task->context) && work(p, w, at, (i32)p->setup) == NONE) return NONE;
    i32 from = larger(at->u, task->ready);
    if (task->pin != NONE) {
        if (from > task->pin) return NONE;
        from = task->pin;
    }
    at->u = from;
    i32 start = work(p, w, at, task->minutes);
    if ((task->pin != NONE && start != task->pin) || at->u > task->deadline) return NONE;
    at->context = task->context;
    return start;
}

/* True when the row goes on from here just as it did before. */
static inline int same_state(const Cursor *at, const Slot *slot) {
    return at->u == slot->end && at->used == slot->used && at->week == slot->week;
}

/* Let those that wait for this task look again at when they may start. */
static inline void announce(Plan *p, i32 task) {
    if (AT(succ_ptr, task) == AT(succ_ptr, task + 1) || AT(queued, task)) return;
    AT(queued, task) = 1;
    i64 last = p->waiting_from + p->waiting++;
    AT(queue, last < p->queue_n ? last : last - p->queue_n) = task;
}

/* Take over what was decoded for a slot. */
static inline void settle_slot(Plan *p, i32 w, Slot *slot, const Cursor *at, i32 start) {
    if (at->u != slot->end) {
        slot->end = at->u;
        slot->late = slot_points(p, w, slot, at->u);
        announce(p, slot->task);
    }
    slot->used = at->used;
    slot->week = at->week;
    slot->start = start;
}

/* Decode a row from `from` on, at least to `until`, then as far as something changes; 0 when it cannot be done. */
static int decode_row(Plan *p, i32 row, i32 from, i32 until) {
    i32 w = AT(row_worker, row), len = AT(row_len, row);
    Slot *slots = row_slots(p, row);
    Cursor at = cursor_before(slots, from);
    for (i32 i = from; i < len; i++) {
        i32 start = step(p, w, &at, slots + i);
        if (start == NONE) return 0;
        int as_before = i >= until && same_state(&at, slots + i);
        settle_slot(p, w, slots + i, &at, start);
        if (as_before) return 1;
    }
    return 1;
}
