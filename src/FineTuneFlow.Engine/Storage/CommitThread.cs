using FineTuneFlow.Core.Failures;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>The one writer. While one transaction is being synced, others gather and go together into the next: a sync is
/// paid once for all of them, and everything is still durable before anyone acts on it.</summary>
internal sealed class CommitThread : IDisposable
{
    /// <summary>How often it is looked whether a full disk has room again.</summary>
    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly WriteStatements _statements;
    private readonly ManualResetEventSlim _ending = new(false);
    private readonly Action<Exception> _onFault;
    private readonly Action<FlowException?> _onRoom;
    private readonly Thread _thread;
    private readonly string _path;
    private List<Commit> _waiting = [];
    private bool _closing;
    private bool _abandoned;
    private Exception? _fault;
    private volatile FlowException? _noRoom;

    /// <param name="connection">The only one that writes.</param>
    /// <param name="onFault">Is told why nothing more is written.</param>
    /// <param name="onRoom">Is told that the disk is full and is waited for, and then, by null, that it has room again.</param>
    public CommitThread(SqliteConnection connection, Action<Exception> onFault, Action<FlowException?> onRoom)
    {
        (_onFault, _onRoom) = (onFault, onRoom);
        _path = connection.DataSource;
        _statements = new WriteStatements(connection);
        _thread = new Thread(Work) { IsBackground = true, Name = "engine commits" };
        _thread.Start();
    }

    /// <summary>Tests: runs before a transaction is committed (true) and after (false).</summary>
    public Action<bool>? Probe { get; set; }

    /// <exception cref="FlowException">Unavailable: the disk is full. What was taken in before waits for room; nothing more is.</exception>
    public void ThrowIfFull()
    {
        if (_noRoom is { } full)
        {
            throw full;
        }
    }

    public void Enqueue(Commit commit)
    {
        Exception? refused;
        lock (_gate)
        {
            refused = _fault ?? (_closing ? new ObjectDisposedException("The engine has been stopped.") : null);
            if (refused is null)
            {
                _waiting.Add(commit);
            }
        }

        if (refused is not null)
        {
            commit.Failed(refused);
            return;
        }

        _wake.Set();
    }

    /// <summary>Runs a write and gives its result once it is durable. The write throws before it has changed anything, or not at all.</summary>
    public Task<T> RunAsync<T>(Func<WriteStatements, T> write, Action<T>? committed = null)
    {
        var commit = new WriteCommit<T>(write, committed);
        Enqueue(commit);
        return commit.Result;
    }

    /// <summary>Commits what has been asked for and ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
        }

        _ending.Set();
        _wake.Set();
        _thread.Join();
    }

    /// <summary>Ends as a killed process would: what is not yet committed is lost.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
        }

        Close();
    }

    public void Dispose()
    {
        Close();
        _statements.Dispose();
        _wake.Dispose();
        _ending.Dispose();
    }

    private void Work()
    {
        List<Commit> batch = [];
        while (true)
        {
            bool closing;
            lock (_gate)
            {
                (batch, _waiting) = (_waiting, batch);
                closing = _closing;
                if (_abandoned || _fault is not null)
                {
                    break;
                }
            }

            if (batch.Count > 0)
            {
                CommitTogether(batch);
                batch.Clear();
            }
            else if (closing)
            {
                break;
            }
            else
            {
                _wake.WaitOne();
            }
        }

        var lost = new ObjectDisposedException("The engine has been stopped.");
        lock (_gate)
        {
            batch.AddRange(_waiting);
            _waiting = [];
        }

        foreach (Commit commit in batch)
        {
            commit.Failed(_fault ?? lost);
        }
    }

    private void CommitTogether(List<Commit> batch)
    {
        while (true)
        {
            try
            {
                Write(batch);
                break;
            }
            catch (Exception fault)
            {
                if (DatabaseFaults.NoRoom(fault, _path) is { } full && IsRoomWaitedFor(batch, full))
                {
                    continue;
                }

                Stop(batch, fault);
                return;
            }
        }

        if (_noRoom is not null)
        {
            _noRoom = null;
            _onRoom(null);
        }

        foreach (Commit commit in batch)
        {
            commit.Committed();
        }
    }

    private void Write(List<Commit> batch)
    {
        _statements.Begin.Run();
        foreach (Commit commit in batch)
        {
            commit.Write(_statements);
        }

        Probe?.Invoke(true);
        _statements.Commit.Run();
        Probe?.Invoke(false);
    }

    /// <summary>Nothing was written, so that memory is no further than the file: the same is written again when there is room.</summary>
    /// <returns>False: the engine ends meanwhile.</returns>
    private bool IsRoomWaitedFor(List<Commit> batch, FlowException full)
    {
        RollBack();
        batch.ForEach(commit => commit.RolledBack());
        if (_noRoom is null)
        {
            _onRoom(full);
        }

        _noRoom = full;
        return !_ending.Wait(RoomInterval);
    }

    // Memory is ahead of the file now, so nothing of it may be acted on: the host starts anew from what is durable.
    private void Stop(List<Commit> batch, Exception thrown)
    {
        Exception fault = DatabaseFaults.OfDisk(thrown, _path) ?? thrown;
        lock (_gate)
        {
            _fault = fault;
        }

        RollBack();
        foreach (Commit commit in batch)
        {
            commit.Failed(fault);
        }

        batch.Clear();
        _onFault(fault);
    }

    private void RollBack()
    {
        try
        {
            _statements.Rollback.Run();
        }
        catch (SqliteException)
        {
            // Nothing was begun, or SQLite has rolled back by itself.
        }
    }
}
