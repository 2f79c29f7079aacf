using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Costs;
using Spectre.Console;

namespace FineTuneFlow.Cli.Commands;

/// <summary>The projection for a person: table, chart by day, break-even points.</summary>
internal static class CostsText
{
    public static void Write(TextWriter output, CostProjection projection, ImmutableArray<BreakEven> points, PriceBook prices, bool live)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = live ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = live ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = live ? console.Profile.Width : 110;

        ProjectedDay last = projection.Days[^1];
        string grows = projection.Growth == 0 ? "a constant volume" : $"growing {projection.Growth * 100:0.##} % a day to {last.Calls:N0}";
        output.WriteLine($"{projection.Volume:N0} calls on the first day, {grows}, {projection.Days.Length:N0} days");
        console.Write(Table(projection, last));
        output.WriteLine($"Cheapest over these days: {projection.Cheapest}");
        output.WriteLine();
        DayChart.Write(output, projection);
        foreach (BreakEven point in points.Where(point => point.Calls > 0))
        {
            output.WriteLine($"{point.Cheap} is cheaper than {point.Dear} from {point.Calls:N0} calls on");
        }

        output.WriteLine($"Prices as of {prices.AsOf:yyyy-MM-dd}, each with its own date; training is counted where it is given.");
    }

    private static Table Table(CostProjection projection, ProjectedDay last)
    {
        Table table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("");
        table.AddColumn("option");
        foreach (string column in new[] { "tokens in+out", "USD per 1,000", "first day", "last day", "in all" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        // One column, one number of digits: figures of a column are there to be compared.
        string[][] figures =
        [
            Column(projection.Options.Select(option => option.UsdPer1000)), Column(projection.Days[0].Usd), Column(last.Usd), Column(last.SpentUsd),
        ];
        for (int i = 0; i < projection.Options.Length; i++)
        {
            ServiceOption option = projection.Options[i];
            table.AddRow(
                DayChart.Mark(i).ToString(),
                Markup.Escape(option.Name),
                $"{option.PromptTokens:0.#}+{option.CompletionTokens:0.#}",
                figures[0][i],
                figures[1][i],
                figures[2][i],
                figures[3][i]);
        }

        return table;
    }

    private static string[] Column(IEnumerable<double> usd)
    {
        double[] values = [.. usd];
        double least = values.Where(value => value > 0).DefaultIfEmpty(1).Min();
        string format = least < 0.0095 ? "N5" : least < 0.95 ? "N4" : "N2";
        return [.. values.Select(value => value.ToString(format, CultureInfo.InvariantCulture))];
    }
}
