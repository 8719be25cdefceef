using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Telemetry;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>Counts requests being served, and refuses (429) beyond the bounds: a flood waits outside, not in
/// memory.</summary>
internal sealed class InFlight(ApiOptions options)
{
    private const int RetryAfterSeconds = 1;

    private int _reads;
    private int _writes;
    private int _longRunning;

    public Admission Enter(string verb, string resource, bool longRunning)
    {
        var mutating = verb is not ("get" or "list" or "watch" or "head");
        ref var count = ref longRunning ? ref _longRunning : ref mutating ? ref _writes : ref _reads;
        var bound = longRunning ? options.LongRunningMax
            : mutating ? options.WritesInFlightMax
            : options.ReadsInFlightMax;
        if (Interlocked.Increment(ref count) > bound)
        {
            Interlocked.Decrement(ref count);
            GatewayInstruments.Shared.Rejected(mutating);
            throw Failure.TooManyRequests(RetryAfterSeconds);
        }

        Count(verb, resource, longRunning, mutating, 1);
        return new Admission(this, verb, resource, longRunning, mutating);
    }

    private void Leave(in Admission admission)
    {
        ref var count = ref admission.LongRunning ? ref _longRunning
            : ref admission.Mutating ? ref _writes : ref _reads;
        Interlocked.Decrement(ref count);
        Count(admission.Verb, admission.Resource, admission.LongRunning, admission.Mutating, -1);
    }

    private static void Count(string verb, string resource, bool longRunning, bool mutating, int change)
    {
        if (longRunning)
        {
            GatewayInstruments.Shared.LongRunning(verb, resource, change);
        }
        else
        {
            GatewayInstruments.Shared.InFlight(mutating, change);
        }
    }

    public readonly struct Admission(InFlight owner, string verb, string resource, bool longRunning, bool mutating)
        : IDisposable
    {
        public string Verb => verb;

        public string Resource => resource;

        public bool LongRunning => longRunning;

        public bool Mutating => mutating;

        public void Dispose() => owner.Leave(this);
    }
}
