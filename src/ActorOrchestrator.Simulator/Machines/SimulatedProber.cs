using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// Network probes and hooks of one agent: whoever has the address among <paramref name="runtimes"/> answers as its
/// image behaves. Nobody there, or a frozen machine: the probe times out.
/// </summary>
/// <param name="agent">The process that probes.</param>
/// <param name="runtimes">The machines that can be reached, the agent's own first.</param>
/// <param name="dice">Draws how long a probe takes and which are lost.</param>
/// <param name="weather">Says how many are lost.</param>
public sealed class SimulatedProber(
    SimulatedProcess agent, IReadOnlyList<SimulatedRuntime> runtimes, Dice dice, Func<RuntimeWeather> weather)
    : INetworkProber
{
    private static readonly TimeSpan TripLeast = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan TripMost = TimeSpan.FromMilliseconds(30);

    /// <summary>Faults by kind, for the count.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    public Task<ProbeOutcome> HttpGetAsync(
        Uri address, IReadOnlyList<HTTPHeader> headers, TimeSpan timeout, CancellationToken cancellation) =>
        AskAsync(
            new Question(address.Host, ContainerProbe.OfWords(address.AbsolutePath), $"Get \"{address}\"",
                "HTTP probe failed with statuscode: 500"),
            timeout, cancellation);

    public Task<ProbeOutcome> TcpConnectAsync(
        string host, int port, TimeSpan timeout, CancellationToken cancellation) =>
        AskAsync(
            new Question(host, ContainerProbe.OfPort(port), $"dial tcp {host}:{port}", "connection reset by peer"),
            timeout, cancellation);

    public Task<ProbeOutcome> GrpcCheckAsync(
        string host, int port, string service, TimeSpan timeout, CancellationToken cancellation) =>
        AskAsync(
            new Question(host, ContainerProbe.OfWords(service), $"dial tcp {host}:{port}",
                "service unhealthy (responded with \"NOT_SERVING\")"),
            timeout, cancellation);

    private async Task<ProbeOutcome> AskAsync(Question question, TimeSpan timeout, CancellationToken cancellation)
    {
        var trip = dice.Between(TripLeast, TripMost);
        await Task.Delay(trip, agent.Clock, cancellation);
        var answer = AnswerOf(question);
        if (answer is null)
        {
            var rest = timeout - trip;
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, agent.Clock, cancellation);
        }

        return answer switch
        {
            ProbeAnswer.Success => new ProbeOutcome(true, ""),
            ProbeAnswer.Failure => new ProbeOutcome(false, question.Failure),
            ProbeAnswer.Refused => new ProbeOutcome(false, $"{question.Asked}: connect: connection refused"),
            _ => new ProbeOutcome(false, $"{question.Asked}: context deadline exceeded"),
        };
    }

    private ProbeAnswer? AnswerOf(Question question)
    {
        if (dice.Chance(weather().ProbeLossChance))
        {
            OnFault("probe lost");
            return null;
        }

        return runtimes.Select(r => r.Probe(question.Host, question.Kind)).FirstOrDefault(a => a is not null);
    }

    private sealed record Question(string Host, ProbeQuestion Kind, string Asked, string Failure);
}
