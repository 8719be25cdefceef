namespace ActorOrchestrator.TestKit;

/// <summary>An expectation of a test did not hold; the message says what was there instead. Any test framework reports
/// it.</summary>
public sealed class TestKitException(string message) : Exception(message);
