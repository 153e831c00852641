/* Changes of rows: put a task in, take marked tasks out, let what waits for them follow. */

static void note_latest(Plan *p, i32 row) {
    i32 len = AT(row_len, row);
    set_row_latest(p, row, len ? finish_minute(p, AT(row_worker, row), row_slots(p, row)[len - 1].end) : 0);
}

/* Decode what depends on a change at `from`; nothing before `until` may be taken as unchanged. */
static int decode_from(Plan *p, i32 row, i32 from, i32 until) {
    i32 w = AT(row_worker, row);
    int ok = AT(shares, w) ? decode_shared(p, w) : decode_row(p, row, from, until);
    if (!ok || !p->latest_n) return ok;
    if (!AT(shares, w)) note_latest(p, row);
    else
        for (i64 lane = AT(row_ptr, w); lane < AT(row_ptr, w + 1); lane++) note_latest(p, (i32)lane);
    return 1;
}

/* When all that a task waits for is done, in minutes since Problem.start; NONE when some of it is left out. */
static i32 chain_minute(const Plan *p, i32 task) {
    i32 done = 0;
    for (i64 i = AT(pred_ptr, task); i < AT(pred_ptr, task + 1); i++) {
        i32 before = AT(pred, i);
        if (AT(task_row, before) == NONE) return NONE;
        done = larger(done, finish_minute(p, AT(row_worker, AT(task_row, before)), slot_of(p, before)->end));
    }
    return done;
}

/* Earliest start of a task: released, and all that it waits for done; NONE when some of that is left out. */
static i32 ready_minute(const Plan *p, i32 task) {
    i32 done = chain_minute(p, task);
    return done == NONE ? NONE : larger(done, AT(release, task));
}

/* The same in work minutes of the pair's worker. */
static inline i32 ready_on(const Plan *p, i32 task, const Pair *pair) {
    if (AT(pred_ptr, task) == AT(pred_ptr, task + 1)) return pair->ready;
    i32 ready = ready_minute(p, task);
    return ready == NONE ? NONE : to_work(p, pair->worker, ready);
}

static inline Slot slot_for(const Plan *p, i32 task, const Pair *pair, i32 ready) {
    return (Slot){
        .task = task,
        .minutes = pair->minutes,
        .ready = ready,
        .due = pair->due,
        .pin = pair->pin,
        .deadline = pair->deadline,
        .context = AT(context, task),
        .end = NONE,
        .points = pair->points,
    };
}

/* Move everything that waits for tasks whose finish changed, until nothing changes any more; 0 when it cannot be, or
 * when it was not `ok` before. Orders that wait for each other in a circle would go round for ever: the number of
 * rounds is bounded far above need. */
static int settle(Plan *p, int ok) {
    i64 rounds = 64 * p->task_row_n + 64;
    while (p->waiting) {
        i32 task = AT(queue, p->waiting_from);
        p->waiting_from = p->waiting_from + 1 < p->queue_n ? p->waiting_from + 1 : 0;
        p->waiting--;
        AT(queued, task) = 0;
        for (i64 i = AT(succ_ptr, task); ok && i < AT(succ_ptr, task + 1); i++) {
            i32 after = AT(succ, i), row = AT(task_row, after);
            if (row == NONE) continue;
            i32 ready = ready_minute(p, after);
            if (ready != NONE) ready = to_work(p, AT(row_worker, row), ready);
            if (ready == slot_of(p, after)->ready) continue;
            if (ready == NONE || !--rounds || !save(p, row)) {
                ok = 0;
                break;
            }
            slot_of(p, after)->ready = ready;
            ok = decode_from(p, row, AT(task_place, after), AT(task_place, after));
        }
    }
    return ok;
}

/* Put a task into a row; 0 when there is no room to save or hold it, or the rules forbid it: the caller undoes. */
static int put(Plan *p, i32 task, const Pair *pair, i32 row, i32 place) {
    i32 ready = ready_on(p, task, pair), w = pair->worker, len = AT(row_len, row);
    if (ready == NONE || !save(p, row)) return 0;
    if (len >= AT(row_room, row)) {
        p->need = NEED_ROW;
        p->need_row = row;
        return 0;
    }
    Slot *slots = row_slots(p, row);
    memmove(slots + place + 1, slots + place, (size_t)(len - place) * sizeof(Slot));
    slots[place] = slot_for(p, task, pair, ready);
    AT(row_len, row) = len + 1;
    locate(p, row, place);
    AT(planned, w) += pair->minutes;
    AT(held, w) += 1;
    return settle(p, decode_from(p, row, place, place));
}

/* Close the gaps that tasks without a row have left in a saved row; writes which slots have a new neighbour before them.
 * Decoding is left to the caller, since lanes that share a cap are decoded together. */
static void close_gaps(Plan *p, i32 row, i32 *first, i32 *last) {
    Slot *slots = row_slots(p, row);
    i32 w = AT(row_worker, row), kept = 0;
    *first = *last = NONE;
    for (i32 i = 0; i < AT(row_len, row); i++) {
        if (AT(task_row, slots[i].task) == NONE) {
            AT(planned, w) -= slots[i].minutes;
            AT(held, w) -= 1;
            if (*first == NONE) *first = kept;
            *last = kept;
        } else {
            if (kept != i) slots[kept] = slots[i];
            kept++;
        }
    }
    AT(row_len, row) = kept;
    if (*first != NONE) locate(p, row, *first);
}

/* Write the sums of a changed row. */
static void sum_up(Plan *p, i32 row) {
    const Slot *slots = row_slots(p, row);
    i32 len = AT(row_len, row), switches = 0;
    f64 points = 0.0, late = 0.0;
    for (i32 i = 0; i < len; i++) {
        points += slots[i].points;
        late += slots[i].late;
        switches += i && differs(slots[i - 1].context, slots[i].context);
    }
    AT(row_points, row) = points;
    AT(row_late, row) = late;
    AT(row_switches, row) = switches;
}

/* What changed, by rule. */
typedef struct {
    f64 pair, late, neighbour, load, plan;
} Change;

static inline f64 total_of(const Change *change) {
    return change->pair + change->late + change->neighbour + change->load + change->plan;
}

/* Points that the plan gained or lost by the rows changed since a mark, when its plan_points were `before`; no other
 * marks may lie between. */
static Change change_since(Plan *p, i64 from, f64 before) {
    Change change = {.plan = plan_points(p) - before};
    for (i64 i = from; i < p->saved; i++) {
        const Snap *old = &AT(snaps, i);
        i32 row = old->row, w = AT(row_worker, row);
        sum_up(p, row);
        change.pair += AT(row_points, row) - old->points;
        change.late += AT(row_late, row) - old->late;
        change.neighbour += p->switch_points * (AT(row_switches, row) - old->switches);
        f64 load = load_points(p, w, AT(planned, w));
        change.load += load - AT(load_points, w);
        AT(load_points, w) = load;
    }
    return change;
}
