using System.CommandLine;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Tests.CommandLine;

public class CommandFrameTests
{
    [Fact]
    public async Task A_wrong_word_is_an_input_error_that_points_to_help()
    {
        (int code, string output, string error) = await Ftf.RunAsync("no-such-command");

        code.ShouldBe(ExitCode.InvalidInput);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: ");
        error.ShouldContain("no-such-command");
        error.ShouldContain("--help");
    }

    [Theory]
    [InlineData("wach", "watch")]
    [InlineData("perpare", "prepare")]
    public async Task A_mistyped_command_is_answered_with_the_nearest_one(string typed, string meant) =>
        (await Ftf.RunAsync(typed)).Error.ShouldContain($"Did you mean {meant}?");

    [Fact]
    public async Task The_bare_name_shows_what_there_is()
    {
        (int code, string output, string error) = await Ftf.RunAsync();

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("demo");
        error.ShouldBeEmpty();
    }

    [Fact]
    public void Every_command_shows_examples_and_every_example_parses()
    {
        RootCommand root = FtfCommand.Create();

        CommandExamples.All.Keys.ShouldBe(["ftf", .. root.Subcommands.Select(command => command.Name)], ignoreOrder: true);
        foreach (string example in CommandExamples.All.Values.SelectMany(lines => lines))
        {
            string line = example.Split(" # ")[0].Split(" | ")[0].Split(" > ")[0];
            root.Parse(line["ftf ".Length..].Trim()).Errors.ShouldBeEmpty(example);
        }
    }

    [Fact]
    public async Task Help_ends_with_the_examples()
    {
        (int code, string output, _) = await Ftf.RunAsync("drop", "--help");

        code.ShouldBe(ExitCode.Ok);
        output.TrimEnd().ShouldEndWith(CommandExamples.All["drop"][^1]);
    }

    [Fact]
    public async Task A_value_outside_the_list_is_answered_in_one_line()
    {
        string error = (await Ftf.RunAsync("runs", "--outcome", "lost")).Error;

        error.ShouldStartWith("error: Argument 'lost' not recognized. Must be one of: 'running', 'succeeded', 'partlyFailed'");
        error.Trim().Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public void Control_characters_of_foreign_text_do_not_reach_the_terminal()
    {
        var error = new StringWriter();

        FailureWriter.Write(
            new Terminal(TextWriter.Null, error, json: false),
            new Failure(FailureKind.InvalidInput, "no column \e]0;owned\a", "See \e[2J", new SourceLocation("a\e[31m.csv")));

        error.ToString().ShouldNotContain("\e");
        error.ToString().ShouldNotContain("\a");
        error.ToString().ShouldContain("]0;owned");
    }

    [Fact]
    public void A_field_that_the_message_begins_with_is_not_said_twice()
    {
        var error = new StringWriter();

        FailureWriter.Write(new Terminal(TextWriter.Null, error, json: false), new Failure(FailureKind.InvalidInput, "top is not a number", Field: "top"));

        error.ToString().Trim().ShouldBe("error: top is not a number");
    }

    [Theory]
    [InlineData("drop", "reviews.csv")]
    [InlineData("up", "--port", "0")]
    [InlineData("report", "x", "--format", "pdf")]
    [InlineData("runs", "--host", "here")]
    public async Task A_wrong_option_is_an_input_error_that_names_it(params string[] args)
    {
        (int code, _, string error) = await Ftf.RunAsync(args);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain($"See ftf {args[0]} --help.");
    }

    [Fact]
    public async Task Without_a_host_the_command_says_how_to_start_one()
    {
        (int code, _, string error) = await Ftf.RunAsync("runs", "--host", "http://127.0.0.1:9");

        code.ShouldBe(ExitCode.Service);
        error.ShouldContain("ftf up");
    }

    [Fact]
    public async Task A_failure_shows_place_message_and_remedy_and_its_kinds_exit_code()
    {
        var failure = new Failure(FailureKind.Conflict, "label \"6\" is not one of 1-5", "Map it in labels.map.", new SourceLocation("reviews.csv", 214));

        (int code, _, string error) = await RunAsync(_ => throw new FlowException(failure));

        code.ShouldBe(ExitCode.Conflict);
        error.ShouldBe("error: reviews.csv, line 214: label \"6\" is not one of 1-5\n       Map it in labels.map.\n");
    }

    [Fact]
    public async Task With_json_a_failure_is_problem_json_on_standard_error()
    {
        var failure = new Failure(FailureKind.NotFound, "there is no run x", "List them with ftf runs.", Field: "id");

        (int code, string output, string error) = await RunAsync(_ => throw new FlowException(failure), "--json");

        code.ShouldBe(ExitCode.NotFound);
        output.ShouldBeEmpty();
        JsonNode problem = JsonNode.Parse(error)!;
        problem["type"]!.GetValue<string>().ShouldBe("urn:finetuneflow:not-found");
        problem["title"]!.GetValue<string>().ShouldBe(failure.Message);
        problem["field"]!.GetValue<string>().ShouldBe("id");
        problem["remedy"]!.GetValue<string>().ShouldBe(failure.Remedy);
        problem["exitCode"]!.GetValue<int>().ShouldBe(ExitCode.NotFound);
    }

    [Fact]
    public async Task An_unexpected_exception_is_told_as_a_defect()
    {
        (int code, _, string error) = await RunAsync(_ => throw new InvalidOperationException("oops"));

        code.ShouldBe(ExitCode.Defect);
        error.ShouldContain("InvalidOperationException: oops");
    }

    [Fact]
    public async Task An_answer_is_json_or_text_but_never_both()
    {
        static Task<int> Answer(CommandCall call)
        {
            call.Terminal.Line("for a person");
            call.Terminal.Answer(new { Rows = 3 }, writer => writer.WriteLine("3 rows"));
            return Task.FromResult(ExitCode.Ok);
        }

        (await RunAsync(Answer)).Output.ShouldBe("for a person\n3 rows\n");
        JsonNode.Parse((await RunAsync(Answer, "--json")).Output)!["rows"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public void Every_failure_kind_has_an_exit_code_of_its_own_meaning()
    {
        Enum.GetValues<FailureKind>().ShouldAllBe(kind => ExitCode.Of(kind) != ExitCode.Ok);
        Enum.GetValues<FailureKind>().Where(kind => ExitCode.Of(kind) == ExitCode.Defect)
            .ShouldBe([FailureKind.NonDeterministic, FailureKind.Internal]);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Func<CommandCall, Task<int>> run, params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        Command command = new Command("probe", "A command of this test.").Runs(run);
        int code = await command.Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
