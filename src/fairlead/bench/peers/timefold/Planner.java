import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.CascadingUpdateShadowVariable;
import ai.timefold.solver.core.api.domain.variable.InverseRelationShadowVariable;
import ai.timefold.solver.core.api.domain.variable.PlanningListVariable;
import ai.timefold.solver.core.api.domain.variable.PreviousElementShadowVariable;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintCollectors;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.IOException;
import java.io.Reader;
import java.io.StreamTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A list of tasks for each seat; times in work minutes of the seat, points in units of 1/600.
 *
 * <p>java Planner IN OUT MILLISECONDS SEED. IN holds integers in the order in which `Input` reads them; OUT gets one
 * line for each seat with the numbers of its tasks in order.
 */
public class Planner {
    /** Work minute of what does not fit into the calendar any more. */
    static final int NEVER = Integer.MAX_VALUE / 2;

    @PlanningEntity
    public static class Seat {
        @PlanningId public int id;
        public int cap;
        public int available;
        public int mostTasks;
        /** Work minutes before the end of each week. */
        public int[] weekEnds;
        /** Work minutes before each working interval, and the minute of the clock in which it starts. */
        public int[] before;
        public int[] starts;
        @PlanningListVariable(allowsUnassignedValues = true) public List<Task> tasks = new ArrayList<>();

        /** Minute of the clock at which the first `work` minutes are over. */
        long endMinute(int work) {
            int place = Arrays.binarySearch(before, work - 1);
            int piece = place >= 0 ? place : -place - 2;
            return (long) starts[piece] + work - before[piece];
        }
    }

    /** Where a seat stands after a task: work minute reached, and minutes used of the cap in that minute's week. */
    public record Reached(int minute, int used) {}

    @PlanningEntity
    public static class Task {
        @PlanningId public int id;
        public int due;
        public int context;
        public int setup;
        public long price;
        public long latePerMinute;
        public long switchPoints;
        /** For each seat: minutes needed (-1: may not do it), points, release and due in its work minutes. */
        public int[] minutes;
        public int[] points;
        public int[] ready;
        public int[] dueWork;

        @InverseRelationShadowVariable(sourceVariableName = "tasks") public Seat seat;
        @PreviousElementShadowVariable(sourceVariableName = "tasks") public Task previous;
        @CascadingUpdateShadowVariable(targetMethodName = "updateReached") public Reached reached;

        public void updateReached() {
            if (seat == null) {
                reached = null;
                return;
            }
            Reached at = previous == null || previous.reached == null ? new Reached(0, 0) : previous.reached;
            if (switches()) {
                at = work(at, setup);
            }
            at = waitFor(at, ready[seat.id]);
            reached = work(at, minutes[seat.id] < 0 ? 60 : minutes[seat.id]);
        }

        boolean switches() {
            return previous != null && context >= 0 && previous.context >= 0 && previous.context != context;
        }

        int weekOf(int minute) {
            int week = 0;
            while (week < seat.weekEnds.length && minute >= seat.weekEnds[week]) {
                week++;
            }
            return week;
        }

        Reached waitFor(Reached at, int minute) {
            if (minute <= at.minute || at.minute >= NEVER) {
                return at;
            }
            return new Reached(minute, weekOf(minute) == weekOf(at.minute) ? at.used : 0);
        }

        /** Go on for so many minutes under the weekly cap. */
        Reached work(Reached at, int need) {
            int minute = at.minute;
            int used = at.used;
            int week = weekOf(minute);
            while (need > 0) {
                if (minute >= NEVER || week >= seat.weekEnds.length) {
                    return new Reached(NEVER, 0);
                }
                int step = Math.min(need, Math.min(seat.weekEnds[week] - minute, seat.cap - used));
                minute += step;
                used += step;
                need -= step;
                if (need > 0 || minute == seat.weekEnds[week]) {
                    minute = seat.weekEnds[week];
                    used = 0;
                    week = weekOf(minute);
                }
            }
            return new Reached(minute, used);
        }

        public boolean isImpossible() {
            return minutes[seat.id] < 0 || reached == null || reached.minute >= NEVER;
        }

        public long cost() {
            long cost = points[seat.id] + (switches() ? switchPoints : 0);
            if (isImpossible() || reached.minute <= dueWork[seat.id]) {
                return cost;
            }
            return cost + Math.max(0, seat.endMinute(reached.minute) - due) * latePerMinute;
        }

        public Seat getSeat() {
            return seat;
        }

        public long planned() {
            return Math.max(0, minutes[seat.id]);
        }
    }

    @PlanningSolution
    public static class Plan {
        @PlanningEntityCollectionProperty public List<Seat> seats = new ArrayList<>();
        @PlanningEntityCollectionProperty @ValueRangeProvider public List<Task> tasks = new ArrayList<>();
        @PlanningScore public HardSoftLongScore score;
        static double fairness;
    }

    public static class Rules implements ConstraintProvider {
        @Override
        public Constraint[] defineConstraints(ConstraintFactory factory) {
            return new Constraint[] {
                factory.forEach(Task.class)
                        .filter(task -> task.seat != null && task.isImpossible())
                        .penalizeLong(HardSoftLongScore.ONE_HARD, task -> 1L)
                        .asConstraint("possible"),
                factory.forEach(Task.class)
                        .filter(task -> task.seat != null)
                        .groupBy(Task::getSeat, ConstraintCollectors.count())
                        .filter((seat, tasks) -> tasks > seat.mostTasks)
                        .penalizeLong(HardSoftLongScore.ONE_HARD, (seat, tasks) -> (long) tasks - seat.mostTasks)
                        .asConstraint("most tasks"),
                factory.forEach(Task.class)
                        .filter(task -> task.seat != null)
                        .penalizeLong(HardSoftLongScore.ONE_SOFT, Task::cost)
                        .asConstraint("cost"),
                factory.forEachIncludingUnassigned(Task.class)
                        .filter(task -> task.seat == null)
                        .penalizeLong(HardSoftLongScore.ONE_SOFT, task -> task.price)
                        .asConstraint("unassigned"),
                factory.forEach(Task.class)
                        .filter(task -> task.seat != null)
                        .groupBy(Task::getSeat, ConstraintCollectors.sumLong(Task::planned))
                        .penalizeLong(HardSoftLongScore.ONE_SOFT, (seat, minutes) -> unfairness(seat, minutes))
                        .asConstraint("fairness"),
            };
        }

        static long unfairness(Seat seat, long minutes) {
            double share = (double) minutes / seat.available;
            return Math.round(Plan.fairness * share * share);
        }
    }

    /** Reads integers separated by white space. */
    static class Input {
        final StreamTokenizer tokens;

        Input(Reader reader) {
            tokens = new StreamTokenizer(reader);
        }

        int next() throws IOException {
            return (int) nextLong();
        }

        long nextLong() throws IOException {
            tokens.nextToken();
            return (long) tokens.nval;
        }

        int[] row(int length) throws IOException {
            int[] row = new int[length];
            for (int i = 0; i < length; i++) {
                row[i] = next();
            }
            return row;
        }

        Plan plan() throws IOException {
            Plan plan = new Plan();
            int tasks = next();
            int seats = next();
            Plan.fairness = next();
            int setup = next();
            int switchPoints = next();
            for (int i = 0; i < seats; i++) {
                plan.seats.add(seat(i));
            }
            for (int i = 0; i < tasks; i++) {
                Task task = task(i, seats);
                task.setup = setup;
                task.switchPoints = switchPoints;
                plan.tasks.add(task);
            }
            return plan;
        }

        Seat seat(int id) throws IOException {
            Seat seat = new Seat();
            seat.id = id;
            seat.cap = next();
            seat.available = next();
            seat.mostTasks = next();
            seat.weekEnds = row(next());
            int pieces = next();
            seat.before = row(pieces);
            seat.starts = row(pieces);
            return seat;
        }

        Task task(int id, int seats) throws IOException {
            Task task = new Task();
            task.id = id;
            task.due = next();
            task.context = next();
            task.price = nextLong();
            task.latePerMinute = nextLong();
            task.minutes = new int[seats];
            task.points = new int[seats];
            task.ready = new int[seats];
            task.dueWork = new int[seats];
            Arrays.fill(task.minutes, -1);
            int pairs = next();
            for (int i = 0; i < pairs; i++) {
                int seat = next();
                task.minutes[seat] = next();
                task.points[seat] = next();
                task.ready[seat] = next();
                task.dueWork[seat] = next();
            }
            return task;
        }
    }

    public static void main(String[] words) throws IOException {
        Plan plan;
        try (Reader reader = Files.newBufferedReader(Path.of(words[0]))) {
            plan = new Input(reader).plan();
        }
        SolverConfig config = new SolverConfig()
                .withSolutionClass(Plan.class)
                .withEntityClasses(Seat.class, Task.class)
                .withConstraintProviderClass(Rules.class)
                .withTerminationSpentLimit(Duration.ofMillis(Long.parseLong(words[2])))
                .withRandomSeed(Long.parseLong(words[3]))
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT);
        Plan found = SolverFactory.<Plan>create(config).buildSolver().solve(plan);
        StringBuilder text = new StringBuilder();
        for (Seat seat : found.seats) {
            for (Task task : seat.tasks) {
                text.append(task.id).append(' ');
            }
            text.append('\n');
        }
        Files.writeString(Path.of(words[1]), text);
        System.out.println("score " + found.score);
    }
}
