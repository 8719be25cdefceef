using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>Passes the web server's own log on from Warning; what it says below that, the access log says
/// better.</summary>
internal sealed class FrameworkLogs(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new FromWarning(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("providers are added to the program's own factory");

    public void Dispose()
    {
        // The inner factory belongs to the program.
    }

    private sealed class FromWarning(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
