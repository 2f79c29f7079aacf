namespace FineTuneFlow.Mutation.Tests;

/// <summary>All mutants of a file live in one assembly: each can be switched on, and with none the code does what it did.</summary>
public sealed class InstrumentationTests
{
    private const string Source = """
        using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;
        public static class Sample
        {
            private const int Most = 3;
            public static string Run() => string.Join(' ', Method(4), new Thing(5).Value, new Thing(1)[2], string.Join(',', Iterator(2)), Async(6).Result, Pattern("7"), Generic(8, 9), Ref(), Limit(5));

            private static int Method(int a) { if (a > 3) { return a + 1; } return 0; }
            private static IEnumerable<int> Iterator(int to) { for (int i = 0; i < to; i++) { yield return i * 2; } }
            private static async Task<int> Async(int a) { await Task.Yield(); return a - 1; }
            private static int Pattern(string text) => int.TryParse(text, out int number) && number is var same ? same + number : -1;
            private static T Generic<T>(T a, T b) where T : IComparable<T> => a.CompareTo(b) < 0 ? a : b;
            private static int Ref() { int x = 1; Add(ref x, out int y); return x * 10 + y; }
            private static void Add(ref int x, out int y) { x += 2; y = 3; }
            private static int Limit(int a) => Math.Min(a, Most);
        }

        public struct Thing
        {
            private readonly int _seed;
            public Thing(int seed) { _seed = seed + 1; }
            public int Value { get { return _seed * 2; } }
            public int this[int i] => _seed - i;
        }

        public sealed class Unused { public int Never(int a) => a + 1; }
        """;

    private static readonly Sample Instrumented = new(Source);

    [Fact]
    public void With_no_mutant_switched_on_nothing_has_changed() => Instrumented.Run(0).ShouldBe("5 12 0 0,2 5 14 8 33 3");

    [Fact]
    public void Every_mutant_that_is_reached_changes_what_comes_out()
    {
        string original = Instrumented.Run(0);
        Mutant[] silent = [.. Instrumented.Mutants.Where(mutant => mutant.Member is not ("Unused.Never" or "Sample.Run") && Instrumented.Run(mutant.Id) == original)];

        // What it is called with does not tell these from the original: 4 > 3 is also 4 >= 3 and true, 7 is a number, 8 is the less, 3 too.
        silent.Select(mutant => $"{mutant.Member}: {mutant.Before} -> {mutant.After}").ShouldBe(
            [
                "Sample.Method: a > 3 -> >=", "Sample.Method: a > 3 -> true", "Sample.Method: a > 3 -> (3 - 1)",
                "Sample.Method: return 0; -> (0 + 1)", "Sample.Async: await Task.Yield(); -> ;", "Sample.Pattern: -1 -> (1 + 1)", "Sample.Pattern: -1 -> (1 - 1)",
                "Sample.Generic: a.CompareTo(b) < 0 ? a : b -> (a)", "Sample.Generic: a.CompareTo(b) < 0 -> <=", "Sample.Generic: a.CompareTo(b) < 0 -> (0 + 1)",
                "Sample.Limit: Math.Min(a, Most) -> (Most)",
            ],
            ignoreOrder: true,
            string.Join('\n', silent.Select(mutant => $"{mutant.Member}: {mutant.Before} -> {mutant.After}")));
    }

    [Fact]
    public void Members_that_no_test_enters_are_known()
    {
        string[] entered = Instrumented.Entered();

        entered.ShouldContain("Sample.Method");
        entered.ShouldContain("Thing.Value.get");
        entered.ShouldNotContain("Unused.Never");
    }

    [Fact]
    public void What_does_not_compile_is_left_out_and_a_constant_that_must_be_one_stays()
    {
        var sample = new Sample("""
            public static class Sample
            {
                private const int Needed = 2;
                private const int Free = 5;
                public static string Run() => Of(2) + Free.ToString();
                private static string Of(int a) { switch (a) { case Needed: return "two"; default: return "other"; } }
                private static int Must(int a) { throw new System.InvalidOperationException(); }
            }
            """);

        sample.Run(0).ShouldBe("two5");
        sample.Broken.ShouldBeGreaterThan(0);
        sample.Mutants.ShouldNotContain(mutant => mutant.Member == "Sample.Needed" || mutant.Member == "Sample.Must");
        sample.Mutants.Count(mutant => mutant.Member == "Sample.Free").ShouldBe(2);
        sample.Mutants.Where(mutant => mutant.Member == "Sample.Free").Select(mutant => sample.Run(mutant.Id)).ShouldBe(["two6", "two4"]);
    }

    [Fact]
    public void A_key_names_a_mutant_wherever_its_line_stands()
    {
        string[] keys = [.. Instrumented.Mutants.Select(mutant => mutant.Key)];
        keys.ShouldBeUnique();
        string moved = Source.Replace("private const int Most", "\n\n// A comment.\nprivate const int Most", StringComparison.Ordinal);

        new Sample(moved).Mutants.Select(mutant => mutant.Key).ShouldBe(keys);
    }
}
