namespace ActorOrchestrator.Agent;

/// <summary>Nobody in the control plane answers, or takes this machine. What is asked next time may be answered. The
/// link tells an operator once, whoever asks.</summary>
public class ClusterAwayException(string message) : IOException(message);
