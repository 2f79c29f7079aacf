namespace FineTuneFlow.Engine.Tests;

/// <summary>What a program gives, without durability, time or order: the sum of what its operations give.</summary>
internal sealed class ReferenceInterpreter
{
    public const int FailureValue = 10_000_000;

    private readonly int[] _taken = new int[2];

    /// <summary>Of the n-th event of a name: no two sets of them have the same sum, so that taking the wrong ones shows.</summary>
    public static int EventValue(int n) => 1_000 << n;

    /// <returns>Null: it fails.</returns>
    public static int? Result(IEnumerable<Op> program)
    {
        var interpreter = new ReferenceInterpreter();
        // Events of a name are taken in the order of their arrival, so what counts is how many are taken.
        return interpreter.Run(program) + interpreter._taken.Sum(n => Enumerable.Range(0, n).Sum(EventValue));
    }

    private int? Run(IEnumerable<Op> program)
    {
        int sum = 0;
        foreach (Op op in program)
        {
            if (Run(op) is not { } value)
            {
                return null;
            }

            sum += value;
        }

        return sum;
    }

    private int? Run(Op op)
    {
        switch (op)
        {
            case Op.Activity activity:
                return activity.Number;
            case Op.Flaky flaky:
                return flaky.Failures < 3 ? flaky.Number : null;
            case Op.Event wait:
                _taken[wait.Name]++;
                return 0;
            case Op.Parallel parallel:
                // All branches run to their ends before the failure of one is seen.
                int?[] values = [.. parallel.Branches.Select(Run)];
                return Array.Exists(values, v => v is null) ? null : values.Sum();
            case Op.Child child:
                return Run(child.Body);
            case Op.Try attempt:
                return Run(attempt.Body) ?? FailureValue;
            default:
                return 0;
        }
    }
}
