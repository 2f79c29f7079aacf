using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Engine.Tests;

/// <summary>A log that a test reads: each line by its level and its text, from information on.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger, IDisposable
{
    private readonly ConcurrentQueue<string> _written = new();

    public IReadOnlyCollection<string> Written => _written;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _written.Enqueue($"{logLevel}: {formatter(state, exception)}");

    public void Dispose()
    {
    }
}
