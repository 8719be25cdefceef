namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// The addresses of a machine's pods: 10.x.y.2 to 10.x.y.254, where x and y are the machine's number, so no two
/// machines share one. Taken in turn, as CNI's host-local does: one that was given back rests as long as possible.
/// </summary>
internal sealed class PodAddresses(int machineNumber)
{
    private const int First = 2;
    private const int Count = 253;

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _next;

    /// <returns>Null when all are taken.</returns>
    public string? Take()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var ip = $"10.{machineNumber / 256}.{machineNumber % 256}.{First + _next}";
            _next = (_next + 1) % Count;
            if (_taken.Add(ip))
            {
                return ip;
            }
        }

        return null;
    }

    public void GiveBack(IReadOnlyList<string> ips) => _taken.ExceptWith(ips);
}
