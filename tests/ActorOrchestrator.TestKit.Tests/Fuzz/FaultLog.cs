using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>Keeps the errors that the program logs.</summary>
internal sealed class FaultLog : ILoggerFactory
{
    private readonly List<(string Text, Exception? Cause)> _faults = [];

    /// <summary>All of them since <see cref="Clear"/>; null when there are none.</summary>
    public string? Text => _faults.Count == 0
        ? null
        : string.Join('\n', _faults.Select(fault => $"{fault.Text}\n{fault.Cause}"));

    /// <summary>The place in the program that the first one comes from.</summary>
    public string Where
    {
        get
        {
            if (_faults.Select(fault => fault.Cause).FirstOrDefault(each => each is not null) is not { } cause)
            {
                return _faults.Count > 0 ? _faults[0].Text.Split(' ')[0] : "";
            }

            var ours = cause.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("ActorOrchestrator"));
            return $"{cause.GetType().Name} {ours?.Trim()}";
        }
    }

    public void Clear() => _faults.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(_faults);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one output");

    public void Dispose()
    {
    }

    private sealed class Logger(List<(string Text, Exception? Cause)> faults) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                faults.Add((formatter(state, exception), exception));
            }
        }
    }
}
