using System.Globalization;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What ends all prompts or completions of a training file, and is no part of a text or a label.</summary>
public sealed class PromptEndingTests
{
    [Theory]
    [InlineData(" ->", " ->")]
    [InlineData("\n\n###\n\n", "\n\n###\n\n")]
    [InlineData(" is it\n\n###\n\n", "\n\n###\n\n")]
    [InlineData("\nLabel:", "\nLabel:")]
    [InlineData(" Label:", "")] // words behind no line break may end every text by chance
    [InlineData(" is good ->", " ->")]
    [InlineData("\n", "\n")]
    [InlineData("?", "")]
    [InlineData(" ? ", "")] // one mark
    [InlineData("!!", "!!")]
    [InlineData(" is good", "")]
    [InlineData("", "")]
    public void A_separator_that_ends_all_prompts_is_found(string ending, string expected) =>
        Prompts(Enumerable.Range(0, 5).Select(i => $"{Letter(i)}{ending}")).ShouldBe(expected);

    [Fact]
    public void Only_what_all_of_them_end_in_is_the_separator()
    {
        Prompts(["a ->", "b ->", "c ==>", "d ->", "e ->"]).ShouldBeEmpty("one mark alone is left");
        Prompts(["a ->", "b ->", "c ->", "d ->", "e"]).ShouldBeEmpty();
        Prompts(["a\n->", "b\n->", "\n->", "->", "e\n->"]).ShouldBe("->", "no longer than the shortest");
    }

    [Theory]
    [InlineData(5, 5, " ->")]
    [InlineData(4, 4, "")]
    [InlineData(5, 2, " ->")]
    [InlineData(9, 1, "")]
    public void Five_prompts_of_which_two_differ_tell_it(int prompts, int different, string expected) =>
        Prompts(Enumerable.Range(0, prompts).Select(i => $"{Letter(i % different)} ->")).ShouldBe(expected);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_separator_has_at_most_a_hundred_characters(int length, bool found)
    {
        string ending = "\n" + new string('-', length - 1);

        Prompts(Enumerable.Range(0, 5).Select(i => Letter(i) + ending)).ShouldBe(found ? ending : "");
    }

    [Theory]
    [InlineData(500, " ->")]
    [InlineData(499, "")]
    public void The_first_five_hundred_rows_are_looked_at(int before, string expected) =>
        Prompts([.. Enumerable.Range(0, before).Select(i => $"{Letter(i)} ->"), "another"]).ShouldBe(expected);

    [Fact]
    public void Rows_without_a_prompt_or_that_cannot_be_read_tell_nothing()
    {
        Prompts(["a ->", "", "b ->", "c ->", "d ->", "e ->"]).ShouldBe(" ->");
        Prompts(["a ->", "", "b ->", "c ->", "d ->"]).ShouldBeEmpty("four are too few");
        Ending(string.Concat(Enumerable.Range(0, 5).Select(i => Line($"{Letter(i)} ->", "x"))) + "{\"prompt\":\"no JSON\"} x\n", column: 0).ShouldBe(" ->");
        Ending("prompt,completion\n" + string.Concat(Enumerable.Range(0, 5).Select(i => $"{i},x END\n")) + "a short row\n", column: 1).ShouldBe(" END");
    }

    [Theory]
    [InlineData(" END", " END")]
    [InlineData("END", "END")]
    [InlineData(" ###", " ###")]
    [InlineData("###", "###")]
    [InlineData("\n###", "\n###")]
    [InlineData("<|endoftext|>", "<|endoftext|>")]
    [InlineData("\n", "\n")]
    [InlineData(" end", "")]
    [InlineData(".", "")]
    public void A_stop_sequence_that_ends_all_completions_is_found(string stop, string expected) =>
        Completions(Enumerable.Range(0, 5).Select(i => (i % 2 == 0 ? "good" : "bad") + stop)).ShouldBe(expected);

    [Fact]
    public void A_stop_sequence_ends_every_completion_of_five_and_is_none_of_them()
    {
        Completions(["a END", "a END", "a END", "a END"]).ShouldBeEmpty("four are too few");
        Completions(["a END", "b END", "a END", "b END", "a"]).ShouldBeEmpty();
        Completions(["a END", "b END", "a END", "b END", "cEND"]).ShouldBe("END");
        Completions(["a END", "b END", "a END", "b END", "END"]).ShouldBeEmpty("a class may be called so");
    }

    private static string Letter(int i) => ((char)('a' + (i % 26))).ToString(CultureInfo.InvariantCulture);

    private static string Line(string prompt, string completion) => JsonSerializer.Serialize(new { prompt, completion }) + "\n";

    private static string Prompts(IEnumerable<string> prompts) => Ending(string.Concat(prompts.Select(prompt => Line(prompt, "x"))), column: 0);

    private static string Completions(IEnumerable<string> completions) => Ending(string.Concat(completions.Select(completion => Line("x", completion))), column: 1);

    private static string Ending(string drop, int column)
    {
        using TableReader table = TableReader.Open("t", () => new MemoryStream(Encoding.UTF8.GetBytes(drop)), new CsvRecipe());
        return Encoding.UTF8.GetString(column == 0 ? PromptEnding.OfPrompts(table, column) : PromptEnding.OfCompletions(table, column));
    }
}
