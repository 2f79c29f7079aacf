using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Engine.Storage;

/// <summary>A part of a transaction. All three run on the commit thread.</summary>
internal abstract class Commit
{
    /// <summary>Writes its part; again, after <see cref="RolledBack"/>, where the disk had no room for it.</summary>
    public abstract void Write(WriteStatements statements);

    /// <summary>Nothing of what was written is there: forgets what followed from it.</summary>
    public virtual void RolledBack()
    {
    }

    /// <summary>It is durable: only now may anyone act on it.</summary>
    public abstract void Committed();

    public abstract void Failed(Exception error);
}

internal sealed class WriteCommit<T>(Func<WriteStatements, T> write, Action<T>? committed) : Commit
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FlowException? _refused;
    private T? _value;

    public Task<T> Result => _result.Task;

    public override void Write(WriteStatements statements)
    {
        _refused = null;
        try
        {
            _value = write(statements);
        }
        catch (FlowException refused)
        {
            _refused = refused; // Thrown before anything was changed: the others of the transaction are not concerned.
        }
    }

    public override void Committed()
    {
        if (_refused is not null)
        {
            _result.SetException(_refused);
            return;
        }

        committed?.Invoke(_value!);
        _result.SetResult(_value!);
    }

    public override void Failed(Exception error) => _result.TrySetException(
        new FlowException(FailureKind.Unavailable, "The engine has stopped before this was stored", "Start the host again and repeat the call", error));
}
