/* Orders in which tasks are put back: smallest key first. A new order is a function and a line in the list. */

static f64 at_random(Plan *p, i32 task) {
    (void)task;
    return chance(p);
}

/* Due early and important first: a unit of weight counts as much as this many minutes. */
static f64 urgent_and_heavy(Plan *p, i32 task) { return (f64)AT(due, task) - 4000.0 * 60.0 * AT(late_rate, task); }

static f64 due_first(Plan *p, i32 task) { return (f64)AT(due, task); }

static f64 fewest_able(Plan *p, i32 task) { return (f64)(AT(pair_ptr, task + 1) - AT(pair_ptr, task)); }

static f64 longest(Plan *p, i32 task) {
    i64 first = AT(pair_ptr, task);
    return first < AT(pair_ptr, task + 1) ? -(f64)AT(pairs, first).minutes : 0.0;
}

static f64 released_first(Plan *p, i32 task) { return (f64)AT(release, task); }

/* What much has to wait for goes first. */
static f64 longest_tail(Plan *p, i32 task) { return -(f64)AT(tail, task); }

typedef f64 (*Order)(Plan *p, i32 task);

static const struct {
    f64 share;
    Order key;
} ORDERS[] = {
    {0.30, at_random},   {0.20, urgent_and_heavy}, {0.15, due_first},
    {0.15, fewest_able}, {0.10, longest},          {0.10, released_first},
};

static const struct {
    f64 share;
    Order key;
} CHAIN_ORDERS[] = {
    {0.25, at_random},   {0.15, urgent_and_heavy}, {0.10, due_first},     {0.10, fewest_able},
    {0.10, longest},     {0.10, released_first},   {0.20, longest_tail},
};

#define SOME_ORDER(list, dice, i)                                                                                     \
    while (i < sizeof list / sizeof *list - 1 && dice >= list[i].share) dice -= list[i++].share;                      \
    return list[i].key

static Order some_order(Plan *p) {
    f64 dice = chance(p);
    size_t i = 0;
    if (p->has_chains) {
        SOME_ORDER(CHAIN_ORDERS, dice, i);
    }
    SOME_ORDER(ORDERS, dice, i);
}

/* Sort what was taken; a handful of tasks, so by insertion. Equal keys keep their order. */
static void sort_taken(Plan *p) {
    Order key = some_order(p);
    for (i64 i = 0; i < p->taken_count; i++) AT(taken_key, i) = key(p, AT(taken, i));
    for (i64 i = 1; i < p->taken_count; i++) {
        f64 moving_key = AT(taken_key, i);
        i32 moving = AT(taken, i), from = AT(taken_from, i);
        i64 place = i;
        for (; place && AT(taken_key, place - 1) > moving_key; place--) {
            AT(taken_key, place) = AT(taken_key, place - 1);
            AT(taken, place) = AT(taken, place - 1);
            AT(taken_from, place) = AT(taken_from, place - 1);
        }
        AT(taken_key, place) = moving_key;
        AT(taken, place) = moving;
        AT(taken_from, place) = from;
    }
}
