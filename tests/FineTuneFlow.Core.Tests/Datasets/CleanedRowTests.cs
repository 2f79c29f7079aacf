using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Which rows of a file are used, and what of their cells.</summary>
public sealed class CleanedRowTests
{
    [Fact]
    public void Rows_are_filtered_by_their_cells_without_the_spaces_around_them()
    {
        string csv = Csv("text,label,lang,shop", i => (i % 4) switch { 0 => "en,a", 1 => " en ,b", 2 => "de,a", _ => "en," });
        var recipe = new DatasetRecipe
        {
            Filters = [new FilterRecipe { Column = "lang", EqualTo = new OneOrMany<string>("en", "fr") }, new FilterRecipe { Column = "shop", NotEqualTo = new OneOrMany<string>("b", "c") }],
        };

        using var folder = PreparedFolder.From(csv, recipe);

        // 0: kept. 1: another shop. 2: another language. 3: no shop, which is none of those that are not wanted.
        folder.AllRows().Select(row => Line(row) % 4).Distinct().Order().ShouldBe([1, 2]);
        folder.AllRows().Count.ShouldBe(40);
        folder.Manifest.Rows.Filtered.ShouldBe(40);
    }

    [Fact]
    public void A_row_that_ends_before_a_filters_column_has_an_empty_cell_there()
    {
        string csv = Csv("text,label,comment,lang", i => i % 2 == 0 ? "c,en" : "c");

        using var none = PreparedFolder.From(csv, new DatasetRecipe { Text = new("text"), Label = "label", Filters = [new FilterRecipe { Column = "lang", EqualTo = new OneOrMany<string>("") }] });
        none.AllRows().Count.ShouldBe(40);
        none.AllRows().ShouldAllBe(row => Line(row) % 2 == 1);
    }

    [Fact]
    public void Slices_are_kept_cleaned_and_empty_ones_left_out()
    {
        string csv = Csv("text,label,shop,land", i => (i % 4) switch { 0 => "\" A  \"\"1\"\" \",de", 1 => ",de", 2 => "b,", _ => "," });

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Text = new("text"), Label = "label", Slices = ["shop", "land"] });

        foreach (DatasetRow row in folder.AllRows())
        {
            (row.Slices ?? System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty).OrderBy(slice => slice.Key, StringComparer.Ordinal).Select(slice => $"{slice.Key}={slice.Value}").ShouldBe((Line(row) % 4) switch
            {
                2 => ["land=de", "shop=A \"1\""],
                3 => ["land=de"],
                0 => ["shop=b"],
                _ => [],
            });
        }
    }

    [Fact]
    public void Text_columns_are_joined_trimmed_and_without_the_empty_ones()
    {
        string csv = Csv("text,label,body,end", i => (i % 4) switch { 0 => "\" body \",end", 1 => ",end", 2 => " ,\t", _ => "body," });

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Text = new("text", "body", "end"), Label = "label", Join = " | " });

        foreach (DatasetRow row in folder.AllRows())
        {
            row.Text.ShouldBe($"text number {Line(row) - 2}" + ((Line(row) % 4) switch { 2 => " | body | end", 3 => " | end", 0 => "", _ => " | body" }));
        }
    }

    [Fact]
    public void Long_cells_are_joined_like_short_ones()
    {
        string body = new('b', 6_000);
        string csv = Csv("text,label,body,end", i => $"{body},{body}");

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Text = new("text", "body", "end"), Label = "label", Join = "-" });

        folder.AllRows().ShouldAllBe(row => row.Text == $"text number {Line(row) - 2}-{body}-{body}");
    }

    [Theory]
    [InlineData(1 << 20, false)]
    [InlineData((1 << 20) + 1, true)]
    public void A_cell_holds_at_most_a_mebibyte(int bytes, bool rejected)
    {
        string csv = Csv("text,label", i => "") + new string('x', bytes) + ",a\n";

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Cleaning = new CleaningRecipe { MaxCharacters = 20 } });

        folder.Rejects().ShouldBe(rejected ? ["82,cell-size,\"the cell in column text holds 1,048,577 bytes, more than 1,048,576; is a quote never closed?\""] : []);
    }

    [Theory]
    [InlineData(3, 9, "82,too-short,\"2 characters, fewer than 3\"|84,too-long,\"10 characters, about 3 tokens\"")]
    [InlineData(2, 10, "")]
    public void A_text_has_as_many_characters_as_the_recipe_says(int least, int most, string rejects)
    {
        string csv = Csv("text,label", i => "").Replace("text number ", "t", StringComparison.Ordinal) + "é.,a\nabc,a\nabcdefghij,b\n";

        using var folder = PreparedFolder.From(csv, new DatasetRecipe
        {
            Text = new("text"), Label = "label", Cleaning = new CleaningRecipe { MinCharacters = least, MaxCharacters = most, TooLong = TooLong.Reject },
        });

        folder.Rejects().Where(line => !line.Contains("characters, fewer than 3", StringComparison.Ordinal) || line.StartsWith("82,", StringComparison.Ordinal))
            .ShouldBe(rejects.Split('|', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(SpecialTokens.Reject, "82,special-token,the text holds a special token such as <|endoftext|>")]
    [InlineData(SpecialTokens.Escape, "")]
    public void A_special_token_is_escaped_or_rejected(SpecialTokens tokens, string rejects)
    {
        string csv = Csv("text,label", i => "") + "a <|endoftext|> b,a\n";

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Cleaning = new CleaningRecipe { SpecialTokens = tokens } });

        folder.Rejects().ShouldBe(rejects.Length == 0 ? [] : [rejects]);
    }

    [Fact]
    public void A_bad_byte_is_told_by_the_character_it_stands_for()
    {
        byte[] csv = [.. Encoding.UTF8.GetBytes(Csv("text,label", i => "")), .. "\u00e9\u00e9 x"u8, 0xE9, .. ",a\nfine,"u8, 0xE9, .. "\nlast "u8, 0xC3, .. ",b\n"u8];

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Csv = new CsvRecipe { Encoding = "utf-8" } });

        folder.Rejects().ShouldBe([
            "82,encoding,byte 0xE9 at character 5 of column text is not UTF-8", "83,encoding,the label in column label is not UTF-8",
            "84,encoding,byte 0xC3 at character 6 of column text is not UTF-8",
        ]);
    }

    [Theory]
    [InlineData("a,b,c,,", "")] // cells behind the header's that are empty
    [InlineData("a,b,c,,x", "82,cell-count,5 cells where the header has 3")]
    [InlineData("a,b", "")]
    [InlineData("a", "82,cell-count,1 cells where the header has 3")]
    public void A_row_has_the_cells_that_are_needed_and_none_behind_the_headers(string row, string rejects)
    {
        string csv = Csv("text,label,comment", i => "c") + row + "\n";

        using var folder = PreparedFolder.From(csv, new DatasetRecipe { Text = new("text"), Label = "label", RareClasses = new RareClassesRecipe { Action = RareClassAction.Drop } });

        folder.Rejects().Where(line => !line.Contains("rare-class", StringComparison.Ordinal)).ShouldBe(rejects.Length == 0 ? [] : [rejects]);
    }

    [Theory]
    [InlineData("dataset.split", 0.0, 0.2)]
    [InlineData("dataset.split", 0.2, 0.0)]
    [InlineData("dataset.split", 0.5, 0.5)]
    public void Every_split_has_a_share(string field, double test, double validation) =>
        Refused(new DatasetRecipe { Split = new SplitRecipe { Test = test, Validation = validation } }).ShouldBe(field);

    [Fact]
    public void A_recipe_that_no_reader_has_checked_is_checked_before_a_file_is_read()
    {
        Refused(new DatasetRecipe { Split = new SplitRecipe { Method = SplitMethod.Group } }).ShouldBe("dataset.split.column");
        Refused(Near(0.49, 5)).ShouldBe("dataset.duplicates.near.threshold");
        Refused(Near(1.01, 5)).ShouldBe("dataset.duplicates.near.threshold");
        Refused(Near(0.85, 1)).ShouldBe("dataset.duplicates.near.shingle");
        Refused(Near(0.85, 21)).ShouldBe("dataset.duplicates.near.shingle");
        Refused(new DatasetRecipe { RareClasses = new RareClassesRecipe { MinimumRows = 2 } }).ShouldBe("dataset.rareClasses.minimumRows");
        Refused(new DatasetRecipe { Cleaning = new CleaningRecipe { MinCharacters = 0 } }).ShouldBe("dataset.cleaning");
        Refused(new DatasetRecipe { Cleaning = new CleaningRecipe { MinCharacters = 6, MaxCharacters = 5 } }).ShouldBe("dataset.cleaning");

        foreach (DatasetRecipe good in (DatasetRecipe[])[
            Near(0.5, 20), Near(1, 2), new() { RareClasses = new() { MinimumRows = 3 } }, new() { Cleaning = new() { MinCharacters = 1, MaxCharacters = 20 } },
            new() { Split = new() { Method = SplitMethod.Stable } }, new() { Split = new() { Test = 0.3, Validation = 0.3 } },
        ])
        {
            using var folder = PreparedFolder.From(Csv("text,label", i => ""), good);
            folder.AllRows().Count.ShouldBe(80);
        }
    }

    private static DatasetRecipe Near(double threshold, int shingle) => new() { Duplicates = new() { Near = new() { Threshold = threshold, Shingle = shingle } } };

    private static string? Refused(DatasetRecipe recipe) => PreparedFolder.FailureOf(Encoding.UTF8.GetBytes(Csv("text,label", i => "")), recipe).Field;

    private static int Line(DatasetRow row) => 2 + int.Parse(row.Text["text number ".Length..].Split(' ', '-')[0], CultureInfo.InvariantCulture);

    /// <summary>Eighty rows, the first on line 2, of the labels a and b in turns of two.</summary>
    private static string Csv(string header, Func<int, string> rest) => header + "\n" + string.Concat(Enumerable.Range(0, 80).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"text number {i},{(i / 4 % 2 == 0 ? "a" : "b")}{(rest(i).Length == 0 ? "" : ",")}{rest(i)}\n")));
}
