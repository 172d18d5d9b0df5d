package io.mcpgate.examples.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows with aligned columns. What servers say is cut to one line that a terminal cannot take for a command. */
final class Table {
    private static final int CELL_MAX = 72;

    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(headings);
    }

    void row(String... cells) {
        String[] lines = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            lines[i] = line(cells[i]);
        }
        rows.add(lines);
    }

    /** The text on one line, without control and invisible characters, and not too long. */
    static String line(@Nullable String text) {
        String plain = String.valueOf(text)
                .replaceAll("\\s+", " ")
                .replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cs}]", "")
                .strip();
        return plain.length() <= CELL_MAX ? plain : plain.substring(0, CELL_MAX - 1) + "…";
    }

    void print(PrintWriter out) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
