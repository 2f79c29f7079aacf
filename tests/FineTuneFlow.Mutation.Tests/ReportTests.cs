using FineTuneFlow.Mutation.Running;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation.Tests;

/// <summary>The score, what is kept between sessions, and survivors that a person has explained.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-mutation-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Equivalent_mutants_are_not_counted_and_stale_entries_are_told()
    {
        Result[] results = [new(Mutant(1, "a"), Outcome.Killed, "t"), new(Mutant(2, "b"), Outcome.Survived, ""), new(Mutant(3, "c"), Outcome.NotReached, ""), new(Mutant(4, "d"), Outcome.Hung, "t")];
        string list = Path.Combine(_folder.FullName, "list.txt");
        File.WriteAllText(list, $"# a comment\n{results[1].Mutant.Key} => of another arrow => \ngone => it was\n");
        var baseline = new Baseline(list);
        var output = new StringWriter();

        Report.Write(output, results, baseline, isWhole: true);

        baseline.Reason(results[1].Mutant).ShouldBeNull();
        File.WriteAllText(list, $"{results[1].Mutant.Key} => the same\ngone => it was\n");
        baseline = new Baseline(list);
        Report.Score(results, baseline).ShouldBe(200.0 / 3, 1e-9);
        output = new StringWriter();
        Report.Write(output, results, baseline, isWhole: true);
        output.ToString().ShouldContain("| Rules | 4 | 1 | 1 | 1 | 0 | 1 | 66.7 % |");
        output.ToString().ShouldContain("remove it from the list of equivalent mutants: gone");
        output.ToString().ShouldContain("Rules/A.cs:7: NotReached");
        output.ToString().ShouldNotContain(": Survived:");
        output = new StringWriter();
        Report.Write(output, results, baseline, isWhole: false);
        output.ToString().ShouldNotContain("remove it", Case.Sensitive, "a sample or a folder says nothing of what stands elsewhere");
    }

    [Fact]
    public void A_killed_mutant_stays_so_while_its_file_is_the_same_and_others_are_tried_again()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "Rules"));
        string source = Path.Combine(_folder.FullName, "Rules", "A.cs");
        File.WriteAllText(source, "one");
        string path = Path.Combine(_folder.FullName, "results");
        using (var file = new ResultFile(path, _folder.FullName))
        {
            file.Add(new(Mutant(1, "a"), Outcome.Killed, "a test"));
            file.Add(new(Mutant(2, "b"), Outcome.Survived, ""));
        }

        using (var again = new ResultFile(path, _folder.FullName))
        {
            again.Known(Mutant(9, "a"), all: false)!.By.ShouldBe("a test");
            again.Known(Mutant(2, "b"), all: false).ShouldBeNull();
            again.Known(Mutant(2, "b"), all: true)!.Outcome.ShouldBe(Outcome.Survived);
        }

        File.WriteAllText(source, "two");
        using var changed = new ResultFile(path, _folder.FullName);
        changed.Known(Mutant(1, "a"), all: true).ShouldBeNull();
    }

    private static Mutant Mutant(int id, string after) => new(id, 1, "Rules/A.cs", 7, "A.M", "x", after, 0, false, new(new TextSpan(0, 1), after, "kind"));
}
