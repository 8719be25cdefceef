using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>An IPv4 network: <c>10.244.3.0/24</c>. Its start has no bits of the hosts.</summary>
public readonly record struct Subnet(uint Start, int Prefix) : IComparable<Subnet>
{
    private const int Bits = 32;

    /// <summary>How many addresses it has.</summary>
    public long Size => 1L << (Bits - Prefix);

    private long End => Start + Size;

    public static bool operator <(Subnet left, Subnet right) => left.CompareTo(right) < 0;

    public static bool operator >(Subnet left, Subnet right) => left.CompareTo(right) > 0;

    public static bool operator <=(Subnet left, Subnet right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Subnet left, Subnet right) => left.CompareTo(right) >= 0;

    /// <summary>Only in the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Subnet subnet)
    {
        subnet = default;
        if (!IPNetwork.TryParse(text, out var network) || network.ToString() != text
            || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        subnet = new Subnet(NumberOf(network.BaseAddress), network.PrefixLength);
        return true;
    }

    /// <exception cref="FormatException">It is no IPv4 network.</exception>
    public static Subnet Parse(string text) => TryParse(text, out var subnet)
        ? subnet
        : throw new FormatException($"\"{text}\" is no IPv4 network in CIDR form (no host bits set)");

    public bool Overlaps(Subnet other) => Start < other.End && other.Start < End;

    public bool Contains(Subnet other) => Start <= other.Start && other.End <= End;

    public bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        && Contains(new Subnet(NumberOf(address), Bits));

    public int CompareTo(Subnet other) =>
        Start == other.Start ? Prefix.CompareTo(other.Prefix) : Start.CompareTo(other.Start);

    /// <summary>The address of a number within it; 0 is its own.</summary>
    public IPAddress Address(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Start + number);
        return new IPAddress(bytes);
    }

    public override string ToString() => $"{Address(0)}/{Prefix}";

    private static uint NumberOf(IPAddress address) =>
        BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
