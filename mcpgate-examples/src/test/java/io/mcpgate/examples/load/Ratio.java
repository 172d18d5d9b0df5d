package io.mcpgate.examples.load;

import java.util.List;
import java.util.stream.IntStream;

/** One figure by another, pass by pass: what disturbed a pass has disturbed both. */
record Ratio(double median, double min, double max) {

    static Ratio of(Figure above, Figure below) {
        int passes = Math.min(above.passes().size(), below.passes().size());
        List<Double> each = IntStream.range(0, passes)
                .mapToObj(pass -> above.passes().get(pass) / below.passes().get(pass))
                .toList();
        Figure ratio = new Figure("", "", "", "", each);
        return new Ratio(ratio.median(), ratio.min(), ratio.max());
    }

    @Override
    public String toString() {
        return Tables.number(median) + (min == max ? "" : " (" + Tables.number(min) + "–" + Tables.number(max) + ")");
    }
}
