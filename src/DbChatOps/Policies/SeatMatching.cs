namespace DbChatOps.Policies;

/// <summary>
/// Maximum bipartite matching of people to seats by augmenting paths. Whoever is seated stays seated, perhaps elsewhere,
/// so that a given approval never stops counting because another one arrives.
/// </summary>
internal static class SeatMatching
{
    /// <summary>The index of the person in each seat; absent for an open seat. People come first who are listed first.</summary>
    public static int?[] Maximum(int seats, IReadOnlyList<IReadOnlySet<int>> seatsOfPerson)
    {
        var personIn = new int?[seats];
        for (var person = 0; person < seatsOfPerson.Count; person++)
        {
            TrySeat(person, seatsOfPerson, personIn, new bool[seats]);
        }

        return personIn;
    }

    private static bool TrySeat(int person, IReadOnlyList<IReadOnlySet<int>> seatsOfPerson, int?[] personIn, bool[] tried)
    {
        for (var seat = 0; seat < personIn.Length; seat++)
        {
            if (tried[seat] || !seatsOfPerson[person].Contains(seat))
            {
                continue;
            }

            tried[seat] = true;
            if (personIn[seat] is not { } sitting || TrySeat(sitting, seatsOfPerson, personIn, tried))
            {
                personIn[seat] = person;
                return true;
            }
        }

        return false;
    }
}
