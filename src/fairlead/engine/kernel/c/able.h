/* Who is able to do each task: the hard rules of match/eligibility.py for all pairs at once. Workers with a skill at a
 * level are a bit set; the able are the sets of all needs, cut. */

static void cut_down(Plan *p, i64 words, const i32 *members, i64 count) {
    for (i64 i = 0; i < words; i++) {
        u64 kept = 0;
        for (i64 j = 0; j < count; j++)
            if (members[j] >> 6 == i) kept |= (u64)1 << (members[j] & 63);
        AT(set_now, i) &= kept;
    }
}

/* Leave in set_now who has the skills and is neither excluded by name nor by a pin. */
static void able_by_name(Plan *p, i32 task, i64 words) {
    memcpy(p->set_now, p->able_set, (size_t)words * sizeof(u64)); /* set 0: everybody who takes tasks at all */
    for (i64 i = AT(need_ptr, task); i < AT(need_ptr, task + 1); i++)
        for (i64 j = 0; j < words; j++) AT(set_now, j) &= AT(able_set, AT(need_set, i) * words + j);
    i64 only = AT(only_ptr, task + 1) - AT(only_ptr, task);
    if (only) cut_down(p, words, &AT(only, AT(only_ptr, task)), only);
    for (i64 i = AT(never_ptr, task); i < AT(never_ptr, task + 1); i++)
        AT(set_now, AT(never, i) >> 6) &= ~((u64)1 << (AT(never, i) & 63));
    if (AT(pin_worker, task) != NONE) cut_down(p, words, &AT(pin_worker, task), 1);
}

/* Predictions of a task are sorted by worker, as the workers come: this walks both side by side. */
static inline i64 prediction(const i32 *workers, i64 *at, i64 end, i32 w) {
    while (*at < end && workers[*at] < w) ++*at;
    return *at < end && workers[*at] == w ? *at : NONE;
}

/* Effort / speed rounded up; the speed is the decimal number that was written, so this is exact. */
static i32 minutes_needed(const Plan *p, i32 task, i32 w, i64 predicted) {
    if (predicted != NONE) return AT(minutes, predicted);
    i64 above = AT(speed_above, w);
    if (!above) return FAR;
    u128 minutes = ((u128)AT(effort, task) * (u128)AT(speed_below, w) + (u128)(above - 1)) / (u128)above;
    return minutes < FAR ? (i32)minutes : FAR;
}

/* The pair in the worker's work minutes; 0 when it does not fit into an otherwise empty calendar. */
static int make_pair(const Plan *p, i32 task, i32 w, i32 minutes, f64 misfit, Pair *pair) {
    i32 pin = AT(pin_start, task), due = AT(due, task);
    *pair = (Pair){
        .points = pair_points(p, task, w, minutes, misfit),
        .worker = w,
        .minutes = minutes,
        .ready = to_work(p, w, AT(release, task)),
        .due = due == FAR ? FAR : to_work(p, w, due),
        .pin = pin == NONE ? NONE : to_work(p, w, pin),
        .deadline = FAR,
    };
    if (pin != NONE && to_work(p, w, pin + 1) == pair->pin) return 0; /* not a minute in which the worker works */
    Slot alone = {.ready = pair->ready, .minutes = minutes, .pin = pair->pin, .context = NONE, .deadline = FAR};
    Cursor at = {0, 0, 0, NOTHING};
    return minutes < FAR && (pin == NONE || pin >= AT(release, task)) && step(p, w, &at, &alone) != NONE;
}

static inline int cheaper(const Pair *a, const Pair *b) {
    return a->points < b->points || (a->points == b->points && a->worker < b->worker);
}

/* Shell sort: a few hundred pairs, no memory. */
static void sort_pairs(Pair *pairs, i64 count) {
    for (i64 gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (i64 i = gap; i < count; i++) {
            Pair moving = pairs[i];
            i64 place = i;
            for (; place >= gap && cheaper(&moving, &pairs[place - gap]); place -= gap) pairs[place] = pairs[place - gap];
            pairs[place] = moving;
        }
    }
}

/* Upper bound of the number of pairs. */
static i64 count_able(Plan *p, i64 words) {
    i64 count = 0;
    for (i32 task = 0; task < p->release_n; task++) {
        able_by_name(p, task, words);
        for (i64 i = 0; i < words; i++) count += __builtin_popcountll(AT(set_now, i));
    }
    return count;
}

/* Fill pair_ptr and pairs; returns their number. */
static i64 fill_pairs(Plan *p, i64 words) {
    i64 count = 0;
    for (i32 task = 0; task < p->release_n; task++) {
        i64 minutes_at = AT(minutes_ptr, task), misfit_at = AT(misfit_ptr, task), first = count;
        able_by_name(p, task, words);
        for (i64 i = 0; i < words; i++) {
            for (u64 left = AT(set_now, i); left; left &= left - 1) {
                i32 w = (i32)(i * 64) + __builtin_ctzll(left);
                i64 predicted = prediction(p->minutes_worker, &minutes_at, AT(minutes_ptr, task + 1), w);
                i64 misfit = prediction(p->misfit_worker, &misfit_at, AT(misfit_ptr, task + 1), w);
                f64 misfit_points = misfit == NONE ? -1.0 : AT(misfit_points, misfit);
                i32 minutes = minutes_needed(p, task, w, predicted);
                count += make_pair(p, task, w, minutes, misfit_points, &AT(pairs, count));
            }
        }
        AT(pair_ptr, task) = first;
        sort_pairs(p->pairs + first, count - first);
    }
    AT(pair_ptr, p->release_n) = count;
    return count;
}
