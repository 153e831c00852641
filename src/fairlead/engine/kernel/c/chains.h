/* Tasks that wait for others. */

/* Make `order` a list in which every task comes after those that it waits for, and otherwise stays where it was: what others
 * wait for is pulled to the front with them. `queue` is the stack; `queued` marks what is done. */
static void chain_order(Plan *p) {
    i64 done = 0;
    for (i64 i = 0; i < p->order_n; i++) {
        AT(queue, i) = AT(order, i);
        AT(queued, i) = 0;
    }
    for (i64 i = 0; i < p->order_n; i++) {
        i64 depth = 0;
        AT(taken, depth++) = AT(queue, i);
        while (depth) {
            i32 task = AT(taken, depth - 1);
            i32 first = NONE;
            for (i64 j = AT(pred_ptr, task); first == NONE && j < AT(pred_ptr, task + 1); j++)
                if (!AT(queued, AT(pred, j))) first = AT(pred, j);
            if (first != NONE && !AT(queued, task)) {
                AT(taken, depth++) = first;
                continue;
            }
            depth--;
            if (AT(queued, task)) continue;
            AT(queued, task) = 1;
            AT(order, done++) = task;
        }
    }
    for (i64 i = 0; i < p->order_n; i++) AT(queued, i) = 0;
}

/* Finite, since infinite points mark a place that cannot be. */
#define MOST_WORTH 1e300

/* Least minutes from the end of a task to the end of everything that waits for it, and what doing it makes possible; `order` is
 * a chain order. What waits by two ways counts twice. */
static void tails(Plan *p) {
    for (i64 i = p->order_n - 1; i >= 0; i--) {
        i32 task = AT(order, i);
        AT(tail, task) = 0;
        AT(worth, task) = AT(price, task);
        for (i64 j = AT(succ_ptr, task); j < AT(succ_ptr, task + 1); j++) {
            i32 after = AT(succ, j), minutes = FAR;
            for (i64 k = AT(pair_ptr, after); k < AT(pair_ptr, after + 1); k++)
                minutes = least(minutes, AT(pairs, k).minutes);
            if (minutes < FAR) AT(worth, task) = fmin(MOST_WORTH, AT(worth, task) + AT(worth, after));
            if (minutes < FAR) AT(tail, task) = larger(AT(tail, task), least(FAR / 2, minutes + AT(tail, after)));
        }
    }
}
