using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>What the program logs from warnings on, as lines of the trace. A bug that the program itself reports ends
/// the run.</summary>
internal sealed class TraceLoggers(Trace trace) : ILoggerFactory
{
    private const string Bug = "Bug";

    /// <summary>Set when the program reported a bug of its own.</summary>
    public string? BugReported { get; private set; }

    public ILogger CreateLogger(string categoryName) =>
        new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one output");

    public void Dispose()
    {
    }

    private sealed class Logger(TraceLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var text = formatter(state, exception);
            owner.Write(category, text);
            if (text.StartsWith(Bug, StringComparison.Ordinal))
            {
                owner.BugReported ??= $"{text}\n{exception}";
            }
        }
    }

    private void Write(string category, string text) => trace.Line("log", category, text);
}
